"""Which metrics are a whole company's, which each of its businesses has, which name theirs."""

from pipeline.patterns import regex

# Metrics that say what business they are of.
NAMES_ITS_BUSINESS = {
    "advertising_revenue": "Advertising", "ai_revenue": "AI", "membership_fee_income": "Membership",
}  # fmt: skip
# Businesses that are spoken of in other companies' calls as if they were companies.
WELL_KNOWN = frozenset({"AWS", "Azure", "YouTube", "Google Cloud", "WeChat", "Alibaba Cloud"})
# What a call tells of the whole company unless the sentence itself names a business.
TOLD_OF_ALL = frozenset(
    {"gross_margin", "gross_profit", "operating_expenses", "store_level_margin"}
)
# What each business of a company has of its own.
OF_ANY_BUSINESS = frozenset(
    {"revenue", "gross_margin", "gross_profit", "operating_income", "operating_margin", "units",
     "same_store_sales", "production", "ebitda", "adjusted_ebitda", "ebitda_margin",
     "adjusted_ebitda_margin",
     "adjusted_operating_income", "adjusted_operating_margin", "bookings", "orders", "backlog",
     "gross_sales", "contribution_margin", "contribution_profit", "revenue_run_rate", "loans",
     "deposits"}
)  # fmt: skip
# What a company tells line by line in place of revenue: a line named alone is told of it.
BY_LINE = frozenset(
    {"premiums", "same_store_sales", "orders", "bookings", "gross_bookings", "gmv", "units",
     "loans", "deposits", "assets_under_management", "payment_volume", "trips", "production",
     "backlog", "net_flows", "admissions", "passengers", "revpar", "same_store_noi", "rent_growth",
     "same_store_gallons", "loan_originations", "time_charter_equivalent", "daily_rate",
     "revenue_ton_miles", "system_wide_sales", "value_of_new_business", "net_interest_income",
     "contracted_sales", "retail_sales", "fee_income"}
)  # fmt: skip
# What only a company as a whole has; a business named elsewhere does not narrow it.
OF_THE_WHOLE = frozenset(
    {"eps", "adjusted_eps", "net_income", "adjusted_net_income", "net_loss", "adjusted_net_loss",
     "tax_rate", "free_cash_flow", "operating_cash_flow", "free_cash_flow_margin", "cash", "debt",
     "net_cash", "dividend_per_share", "dividends", "share_repurchases", "shares_repurchased",
     "repurchase_authorization", "shares_outstanding", "shareholder_returns", "share_price",
     "target_price", "cet1_ratio", "return_on_equity", "return_on_tangible_equity",
     "dividend_yield",
     "dividend_payout_ratio", "price_to_earnings", "price_to_book", "profit_before_tax",
     "adjusted_profit_before_tax", "days_sales_outstanding", "inventory_days", "valuation",
     "exchange_rate", "third_party_unit_share",
     "interest_expense", "liquidity", "leverage", "net_debt",
     "capex",
     "research_and_development", "selling_general_administrative", "stock_based_compensation",
     "tax_expense", "depreciation", "total_assets", "book_value", "fuel_price",
     "unit_cost_ex_fuel", "tariff_cost", "restructuring_cost", "job_cuts",
     "severance_cost", "legal_provision", "gdp_share",
     "financing", "debt_repayment", "shareholders_equity", "book_value_per_share",
     "tangible_book_value_per_share", "rbc_ratio", "solvency_ratio", "debt_to_capital",
     "interest_income", "cost_of_debt", "cash_runway", "hedge_ratio", "inventory", "vehicles"}
)  # fmt: skip
# Businesses of a holding company that are companies of their own, with a result of their own.
SUBSIDIARIES = regex(
    r"\b(?:Bank(?:ing)?|Securities|Venture Capital|Life|Insurance|Asset Management|SITE|Leasing)$"
)
