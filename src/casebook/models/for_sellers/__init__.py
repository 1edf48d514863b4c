"""Tools for sellers: what the promised ones would have to do, tried on purchases that are not the company's.

`data` reads the purchases, `customers` asks who buys again, `coupons` whom a coupon changes, `prices` what a price
does, `planning` what to order, `marketing` what to send and where to spend. Methods are those of
`casebook.methods.demand`.
"""

from casebook.models.for_sellers import coupons, customers, data, marketing, planning, prices

__all__ = ["coupons", "customers", "data", "marketing", "planning", "prices"]
