"""The tables of a run: every column, its type, its unit, and what it means.

`date` is the Monday of a week; flows are sums over the week, stocks stand at its end. Every table
starts with `replicate` and `date`. This is the one place that names columns: the recorder fills
them, the store checks them, views and observables read them.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["int", "float", "text", "flag", "date"]


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    meaning: str


def _columns(text: str) -> tuple[Column, ...]:
    columns = [
        Column("replicate", "int", "number of the replicate"),
        Column("date", "date", "Monday"),
    ]
    for line in text.strip().splitlines():
        name, kind, meaning = (part.strip() for part in line.split("|"))
        assert kind in ("int", "float", "text", "flag", "date")
        columns.append(Column(name, kind, meaning))  # type: ignore[arg-type]
    return tuple(columns)


TABLES: dict[str, tuple[Column, ...]] = {
    "firms": _columns("""
        firm                              | text  | id of the firm
        status                            | text  | active, stopped (pre-training), taken_over, listed, closed
        cash_cny                          | float | cash at the week's end
        receivables_cny                   | float | delivered, not yet paid
        owed_cny                          | float | wages and bills that could not be paid yet
        runway_months                     | float | cash over average monthly cash burn; 120 at most
        runway_p10_months                 | float | months until which cash runs out with a chance of one in ten; 120 at most
        runway_p90_months                 | float | the same with nine in ten
        ruin_12m_probability              | float | chance that cash runs out within a year without new money
        revenue_api_cny                   | float | API tokens sold
        revenue_subscription_cny          | float | consumers' subscriptions
        revenue_deployment_cny            | float | private deployment, as delivered
        revenue_overseas_cny              | float | users abroad
        revenue_attach_cny                | float | other cloud services that tokens bring, channel income, licences
        cost_rd_compute_cny               | float | training and experiments
        cost_rd_staff_cny                 | float | research staff
        cost_api_cny                      | float | serving API tokens, free ones included
        cost_apps_cny                     | float | serving the firm's own apps
        cost_deployment_cny               | float | delivering private deployments
        cost_staff_cny                    | float | all other staff
        cost_ads_cny                      | float | advertising, at market price
        cost_marketing_other_cny          | float | other marketing
        cost_other_cny                    | float | overhead, severance, noise
        raised_cny                        | float | cash from investors
        credits_cny                       | float | compute credits outstanding
        post_money_cny                    | float | last post-money valuation; null if never priced
        quality                           | float | quality served, Elo points, best domestic at opening = 0
        pretraining                       | flag  | still trains base models
        staff                             | float | people
        key_people                        | float | senior researchers
        price_input_cny_per_mtok          | float | list price of the main model, input; null before entry
        price_output_cny_per_mtok         | float | list price of the main model, output
        price_cache_cny_per_mtok          | float | list price of the main model, input read from a cache
        price_effective_cny_per_mtok      | float | blended price after volume discounts, main model
        flagship_price_input_cny_per_mtok | float | list price of the flagship, input; null before entry
        flagship_price_output_cny_per_mtok| float | list price of the flagship, output
        unit_cost_cny_per_mtok            | float | cost of serving the main model
        tokens_external_per_day           | float | tokens served to customers
        tokens_internal_per_day           | float | tokens of the firm's own products
        calls_per_day                     | float | API calls, external and internal
        api_share                         | float | share of external tokens
        api_customers                     | float | accounts that buy from the firm
        tender_wins                       | int   | public tenders won in the week
        """),
    "apps": _columns("""
        app            | text  | id of the app
        firm           | text  | its owner
        mau            | float | people who used it in the last month
        dau            | float | people who use it on a day
        adds           | float | people who took it up
        adds_paid      | float | of these, bought with ads
        adds_pushed    | float | of these, from the owner's own channel
        adds_organic   | float | of these, by themselves or by news
        adds_spread    | float | of these, by word of mouth
        adds_own       | float | of these, by events that a researcher's function added
        adds_switched  | float | of these, on leaving another app
        losses         | float | people who stopped
        subscribers    | float | paying users
        ad_spend_cny   | float | advertising for the app
        cpa_cny        | float | advertising per person bought; null without
        """),
    "overlap": _columns("""
        app   | text  | id of an app
        other | text  | id of another app
        users | float | people who hold both
        """),
    "flows": _columns("""
        app_from | text  | app that people left
        app_to   | text  | app that they took up at once
        users    | float | people
        """),
    "channels": _columns("""
        channel   | text  | id of the channel
        firm      | text  | advertiser
        spend_cny | float | its spend on the channel
        cpa_cny   | float | its cost per acquisition there
        users     | float | people it bought there
        open      | flag  | may the firm buy there
        """),
    "cohorts": _columns("""
        app    | text  | id of the app; one row per cohort at the end of each 13 weeks
        cohort | int   | quarter of the run in which they took the app up, from 0
        age    | int   | quarters since
        bought | flag  | bought with ads
        joined | float | people who took the app up then
        users  | float | of these, people who hold it now
        """),
    "acquisition": _columns("""
        firm               | text  | advertiser; one row per channel at the end of each 13 weeks
        channel            | text  | id of the channel
        spend_cny          | float | its spend there in the quarter
        users              | float | people it bought there
        cpa_cny            | float | cost of one of them
        retention          | float | share of the firm's bought users still there after a quarter
        lifetime_value_cny | float | subscriptions one pays within two years, until leaving
        payback_weeks      | float | weeks until one has paid back its cost; null if never
        """),
    "small_apps": _columns("""
        entrants           | int   | small app startups that entered
        active             | int   | at work at the week's end
        stopped            | int   | stopped, as users cost more than they pay or cash ran out
        pivoted            | int   | turned to another niche
        users              | float | people
        raised_cny         | float | cash that entrants brought from investors
        revenue_cny        | float | subscriptions
        ad_spend_cny       | float | advertising
        cash_cny           | float | of all at work
        cpa_cny            | float | cost of a user, median; null without any at work
        lifetime_value_cny | float | what a user pays until leaving, median; null without any
        """),
    "rounds": _columns("""
        firm           | text  | who raised
        size_cny       | float | cash and credits
        credits_cny    | float | of these, compute credits
        pre_money_cny  | float | valuation before
        post_money_cny | float | valuation after
        lead           | text  | lead investor
        strategic      | flag  | led by a cloud
        failed         | flag  | diligence failed; nothing moved
        """),
    "tenders": _columns("""
        firm       | text  | winner; integrator for one that is no model firm
        budget_cny | float | the buyer's budget
        price_cny  | float | contract price
        cost_cny   | float | the winner's cost
        bidders    | int   | how many bid
        """),
    "exits": _columns("""
        firm      | text  | who left
        kind      | text  | stopped_pretraining, sold_gpus, overseas, left_overseas, layoff, listed, licence_and_hire, acquired, closed
        buyer     | text  | who bought; empty if nobody
        value_cny | float | price paid
        """),
    "releases": _columns("""
        firm         | text  | who released
        model        | text  | main or flagship
        quality      | float | Elo points
        open_weights | flag  | weights published
        run_gpu_hours | float | accelerator hours of the final training run
        run_cost_cny | float | what they cost, experiments not counted
        research_cost_cny | float | research compute since the run before, experiments included
        parameters | float | size of the model with the least loss for that run
        training_tokens | float | tokens it is trained on
        training_loss | float | its loss by the scaling law, nats per token
        """),
    "stakes": _columns("""
        firm     | text  | whose shares
        investor | text  | holder
        share    | float | share of the firm
        """),
    "ledger": _columns("""
        owner      | text | id of a firm; parent, media or investor with an id; or another outside party
        account    | text | a firm's cash, receivables, credits or what it owes; money for others
        line       | text | why money moved
        amount_fen | int  | received less paid, 1/100 CNY; all rows of a week and line sum to 0
        """),
    "events": _columns("""
        kind | text | kind of event
        who  | text | whom it concerns
        what | text | one sentence
        """),
    "market": _columns("""
        sentiment                | float | investors' mood, 0 = neutral
        regime                   | text  | hot or cold
        tokens_demanded_per_day  | float | external demand
        tokens_served_per_day    | float | external tokens served
        self_hosted_share        | float | share of accounts' tokens they serve themselves
        prepaid_share            | float | share of accounts' main-model tokens under contract
        vendors_per_account      | float | vendors of main models per account that buys tokens
        reasoning_share          | float | thinking tokens over all tokens of flagships
        hhi_api                  | float | Herfindahl index of external tokens, 0 to 1
        hhi_mau                  | float | Herfindahl index of users, 0 to 1
        single_homing_share      | float | share of users who hold one app
        users_any_app            | float | people who hold an app
        foreign_quality          | float | foreign closed frontier, Elo points
        open_quality             | float | open-weights frontier, Elo points
        agent_ad_spend_cny       | float | what agents draw from advertising for apps
        independent_startups     | int   | neither closed nor taken over
        pretraining_firms        | int   | firms that still pre-train
        """),
}
