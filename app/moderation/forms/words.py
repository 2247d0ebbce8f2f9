"""What each reason, choice and rule is called."""

from app.i18n import lazy_gettext
from app.moderation.rules import Choice, Outcome, Reason, Rule, Stated

REASONS = {
    Reason.UNSAFE: lazy_gettext("I do not feel safe"),
    Reason.CHILD: lazy_gettext("A child is abused or exploited"),
    Reason.MONEY: lazy_gettext("Somebody asks for money, work or papers"),
    Reason.FALSE: lazy_gettext("It is not true"),
    Reason.ILLEGAL: lazy_gettext("It is against the law"),
    Reason.OTHER: lazy_gettext("Something else"),
    Reason.DISAGREE: lazy_gettext("The two sides disagree"),
    Reason.NEWCOMER: lazy_gettext("Somebody new asks many people"),
}
STATED = {
    Stated.RECEIVER: lazy_gettext("I asked for help"),
    Stated.GIVER: lazy_gettext("I offered help"),
    Stated.NEITHER: lazy_gettext("I am somebody else"),
}
CHOICES = {
    Choice.NONE: lazy_gettext("No action: what was stopped is free again"),
    Choice.WARN: lazy_gettext("Warn: nothing stays stopped"),
    Choice.HOLD: lazy_gettext("Hold the posts"),
    Choice.RELEASE: lazy_gettext("Release the posts"),
    Choice.SUSPEND: lazy_gettext("Stop the account and hold the posts"),
}
# What a decision means, for those concerned.
OUTCOMES = {
    Choice.NONE: lazy_gettext("No action was needed"),
    Choice.WARN: lazy_gettext("This is a warning: nothing is stopped"),
    Choice.HOLD: lazy_gettext("The needs and offers are held: nobody is matched with them"),
    Choice.RELEASE: lazy_gettext("The needs and offers are free again"),
    Choice.SUSPEND: lazy_gettext("The account is stopped, with its needs and offers"),
}
RULES = {
    Rule.SAFETY: lazy_gettext("Everybody is safe and treated with respect."),
    Rule.MONEY: lazy_gettext("Help is free: nobody asks for money, work or papers."),
    Rule.TRUTH: lazy_gettext("What people write here is true."),
    Rule.PRIVACY: lazy_gettext("Everybody keeps to themselves what they learn about others."),
    Rule.CHILDREN: lazy_gettext("Children are protected before anything else."),
    Rule.LAW: lazy_gettext("Nothing here is against the law."),
    Rule.NOTHING: lazy_gettext("No rule was broken."),
}
REVIEWS = {
    Outcome.CONFIRMED: lazy_gettext("A second person looked again: the decision stays."),
    Outcome.CHANGED: lazy_gettext("A second person looked again and changed the decision."),
    Outcome.REVERSED: lazy_gettext("A second person looked again and reversed the decision."),
}
