"""Who listens hears every change until it stops listening."""

from bot.announcements import Announcements


def test_every_listener_hears_the_id_of_what_changed() -> None:
    announcements, first, second = Announcements(), [], []
    announcements.listen(first.append)
    announcements.listen(second.append)
    announcements.changed(7)
    assert first == second == [7]


def test_who_stops_listening_hears_no_more_even_from_within_the_news() -> None:
    announcements, heard = Announcements(), []

    def once(conversation_id: int) -> None:
        heard.append(conversation_id)
        stop()

    stop = announcements.listen(once)
    announcements.listen(heard.append)
    announcements.changed(1)
    announcements.changed(2)
    assert heard == [1, 1, 2]
