"""Who comes: the least that must be known before somebody may be hosted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Party:
    """Adults by sex and children who come with a parent; nothing else is asked."""

    women: int = 0
    men: int = 0
    children: int = 0

    @property
    def size(self) -> int:
        return self.women + self.men + self.children

    @property
    def is_child_alone(self) -> bool:
        """Children without any adult are never matched: others look after them."""
        return self.children > 0 and self.women + self.men == 0
