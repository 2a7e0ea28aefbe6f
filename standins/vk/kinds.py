"""The kinds of events a community can ask for, and whom an event is about."""

from standins.vk.errors import Json

KINDS = frozenset(
    {
        "message_new",
        "message_reply",
        "message_edit",
        "message_allow",
        "message_deny",
        "message_read",
        "message_typing_state",
        "message_reaction_event",
        "message_event",
        "photo_new",
        "photo_comment_new",
        "photo_comment_edit",
        "photo_comment_restore",
        "photo_comment_delete",
        "audio_new",
        "video_new",
        "video_comment_new",
        "video_comment_edit",
        "video_comment_restore",
        "video_comment_delete",
        "wall_post_new",
        "wall_repost",
        "wall_reply_new",
        "wall_reply_edit",
        "wall_reply_restore",
        "wall_reply_delete",
        "wall_schedule_post_new",
        "wall_schedule_post_delete",
        "like_add",
        "like_remove",
        "board_post_new",
        "board_post_edit",
        "board_post_restore",
        "board_post_delete",
        "market_comment_new",
        "market_comment_edit",
        "market_comment_restore",
        "market_comment_delete",
        "market_order_new",
        "market_order_edit",
        "lead_forms_new",
        "group_leave",
        "group_join",
        "group_officers_edit",
        "group_change_settings",
        "group_change_photo",
        "user_block",
        "user_unblock",
        "poll_vote_new",
        "vkpay_transaction",
        "app_payload",
        "donut_subscription_create",
        "donut_subscription_prolonged",
        "donut_subscription_expired",
        "donut_subscription_cancelled",
        "donut_subscription_price_changed",
        "donut_money_withdraw",
        "donut_money_withdraw_error",
    }
)


def peer_of(event: Json) -> int:
    """The chat an event belongs to: those of one chat keep their order."""
    body = event["object"]
    message = body.get("message", body)
    return int(message.get("peer_id") or message.get("user_id") or message.get("from_id") or 0)


def switches(enabled: set[str]) -> dict[str, int]:
    """How the API tells which kinds are on."""
    return {kind: int(kind in enabled) for kind in sorted(KINDS)}
