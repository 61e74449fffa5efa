"""The fields a message of the network may have, whether a record keeps them or not; any other is kept aside."""

from __future__ import annotations

# Messages that tell neither an order nor a payout that was made.
_ASKING = """search on_search select on_select init on_init cancel update status track on_track support on_support rating
on_rating issue on_issue issue_status on_issue_status settle on_settle report on_report on_receiver_recon on_collector_recon"""
_CONTEXT = """domain country city location action version core_version bap_id bap_uri bpp_id bpp_uri transaction_id
message_id timestamp ttl key max_callbacks"""
_ORDER = """id state provider items billing fulfillments quote payment documents cancellation cancellation_terms tags
offers rateable created_at updated_at"""
_ITEM = "id fulfillment_id quantity parent_item_id location_id tags"
_QUOTE = "price breakup ttl"
_LINE = "@ondc/org/item_id @ondc/org/item_quantity @ondc/org/title_type title price item tags"
_WAY = """id type state start end tags tracking agent vehicle rateable provider_id @ondc/org/provider_name
@ondc/org/category @ondc/org/TAT @ondc/org/awb_no"""
_PAYMENT = "type status collected_by params uri tl_method time"
_SETTLING = """buyer_app_finder_fee_type buyer_app_finder_fee_amount settlement_basis settlement_window
settlement_details withholding_amount return_window collected_by"""
_SHARE = """id payment_id status amount commission withholding_amount tcs tds settlement_ref_no updated_at due_date
error"""

NOT_KEPT = frozenset(_ASKING.split())
IN_CONTEXT, IN_ORDER = frozenset(_CONTEXT.split()), frozenset(_ORDER.split())
IN_ITEM, IN_QUOTE, IN_LINE = frozenset(_ITEM.split()), frozenset(_QUOTE.split()), frozenset(_LINE.split())
IN_WAY, IN_SHARE = frozenset(_WAY.split()), frozenset(_SHARE.split())
IN_MESSAGE = frozenset({"order", "orders", "orderbook"})
IN_PAYMENT = frozenset(_PAYMENT.split()).union(
    f"@ondc/org/{name}{ending}" for name in _SETTLING.split() for ending in ("", "_status")
)
