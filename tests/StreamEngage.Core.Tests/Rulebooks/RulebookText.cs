using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Rulebooks;

/// <summary>Rulebooks written in tests.</summary>
internal static class RulebookText
{
    public const string CartAbandonment = """
        trigger: cart-abandonment          # unique, kebab-case
        version: 1
        description: Cart filled, then nothing bought for half an hour.
        on:                                # exactly one of: event, pattern, absence, silence, segment
          absence:
            of: [purchase, cart_clear]
            after: {event: cart_add, as: cart, where: "cart.price > 0"}
            for: 30m
            repeat: restart                # restart | ignore | each
        per: cart.cart_id                  # instance key; default: one instance a user
        if: >-
          sum(cart_add.price) over 1h >= 20
          and count(view) over 10m >= 3
          and score("purchase-propensity") < 0.4
        exit: purchase                     # ends the instance: timers and held prompts go
        activation: 2026-01-01T00:00:00Z   # older events warm windows only; default: from the first event
        decide:
          priority: 50                     # 0..100, higher wins
          value: 4.0                       # expected value of a conversion, for arbitration
          cooldown: 12h
          reentry: cooldown                # once | after_exit | cooldown | always
          purpose: marketing               # consent purpose; `transactional` is exempt from caps and quiet hours
          channels: [push, email, in_app]
          choose: first_reachable          # first_reachable | best | fixed
          expires: 2h                      # notAfter = decidedAt + expires
          quiet: hold                      # hold | drop | next_channel; hours come from policy.yaml
          misfire: fire                    # fire | skip
          holdout: 0.05
          variants: {control: 1, urgent: 1}   # shares; or `variants: {bandit: thompson, arms: [plain, urgent]}`
        prompt:
          template: cart-reminder          # templates/cart-reminder.hbs
          data: {cart: cart.cart_id, total: "sum(cart_add.price) over 1h"}
        goal: {event: purchase, within: 3d, value: value}
        """;

    public const string Policy = """
        time_zone: Asia/Seoul              # default zone of users who have none
        global_holdout: 0.02
        quiet_hours: {from: "21:00", to: "08:00", channels: [push, sms, email]}
        caps:
          - {limit: 1, per: 24h, channel: push}
          - {limit: 3, per: 7d}            # over everything
          - {limit: 1, per: day, category: marketing}    # calendar day in the user's zone
        channels: {push: {topic: prompts.push}, email: {topic: prompts.email}, in_app: {topic: prompts.in_app}, human: {topic: prompts.human}}
        consent: {default: granted}        # or denied: opt-in
        dedup: 24h
        lateness: 10m
        disorder: 0s
        session: {gap: 30m}
        """;

    public const string Pattern = """
        trigger: form-trouble
        on:
          pattern:
            - {event: form_error, as: f, times: 3}                     # times: 3 | 2..5 | 1..
            - {not: form_submit}                                       # not between its neighbours
            - {event: page_leave, contiguity: then}                    # next | then (default) | any
          within: 5m
          skip: past_last                                              # past_last | to_next | none | to_first(f) | to_last(f)
        """;

    /// <summary>A rulebook of files written as name and text in turn.</summary>
    public static RulebookReading Read(params string[] namesAndTexts) => RulebookFiles.Read(Files(namesAndTexts));

    public static Dictionary<string, string> Files(params string[] namesAndTexts) =>
        namesAndTexts.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
}
