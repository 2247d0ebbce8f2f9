"""Which messages a person wants outside the platform."""

from wtforms import RadioField, SelectMultipleField

from app.i18n import lazy_gettext as lazy
from app.notifications.rules import WISHES, Channel, Level, Topic, Wish, level_of
from app.web.forms import PageForm, choices

_LEVELS = [
    (Level.ALL.value, lazy("All: also news of my own posts")),
    (Level.BASIC.value, lazy("Basic: only when I should answer or go somewhere")),
    (Level.OFF.value, lazy("Off: I look here myself")),
    (Level.OWN.value, lazy("My own choice below")),
]
_WISHES = [
    ((Topic.PROPOSALS, Channel.EMAIL), lazy("Somebody may fit: by e-mail")),
    ((Topic.PROPOSALS, Channel.SMS), lazy("Somebody may fit: by text message")),
    ((Topic.EXCHANGES, Channel.EMAIL), lazy("Agreed help and messages: by e-mail")),
    ((Topic.EXCHANGES, Channel.SMS), lazy("Agreed help and messages: by text message")),
    ((Topic.POSTS, Channel.EMAIL), lazy("My own posts: by e-mail")),
    ((Topic.POSTS, Channel.SMS), lazy("My own posts: by text message")),
]


def _name(wish: Wish) -> str:
    return f"{wish[0].value}.{wish[1].value}"


_BY_NAME = {_name(wish): wish for wish, _ in _WISHES}


class PreferencesForm(PageForm):
    level = RadioField(lazy("Which messages do you want?"), choices=choices(_LEVELS))
    wishes = SelectMultipleField(
        lazy("My own choice"), choices=choices((_name(wish), label) for wish, label in _WISHES)
    )

    def chosen(self) -> frozenset[Wish]:
        level = Level(self.level.data)
        if level is not Level.OWN:
            return WISHES[level]
        return frozenset(_BY_NAME[name] for name in self.wishes.data or ())


def preferences_form(wishes: frozenset[Wish]) -> PreferencesForm:
    """The form as the person last left it."""
    return PreferencesForm(
        data={"level": level_of(wishes).value, "wishes": [_name(wish) for wish in wishes]}
    )
