namespace StreamEngage.Tests.Naive.Cases;

/// <summary>The files of a random rulebook.</summary>
internal sealed class RandomRulebook(Dice dice, CaseSetting setting)
{
    private readonly RandomExpression _expression = new(dice, setting);
    private readonly List<string> _segments = [];

    public IReadOnlyDictionary<string, string> Files()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["policy.yaml"] = Policy() };
        if (setting.Has.HasFlag(CaseFeatures.Segments) && dice.Chance(40))
        {
            _segments.AddRange(dice.Of<IReadOnlyList<string>>(["s0"], ["s0", "s1"]));
            foreach (var name in _segments)
                files.Add($"segments/{name}.yaml", $"segment: {name}\nif: '{SegmentCondition()}'\n");
        }

        if (setting.Lifecycle && dice.Chance(60))
            _segments.Add($"lifecycle/{_expression.Stage()}");
        if (setting.Outcomes)
        {
            var models = new RandomOutcomes(dice, setting, _expression);
            files.Add("models/m.yaml", models.Model("m"));
            files.Add("models/n.yaml", models.Model("n"));
        }

        foreach (var (file, text) in setting.Templates ? RandomTemplates.Files() : [])
            files.Add(file, text);
        if (setting.Harm)
            files.Add("harm.yaml", new RandomHarm(dice, setting).Trigger());
        var count = setting.Harm ? dice.Between(1, 2) : dice.Of(1, 1, 2, 2, 3, 4, 5, 6);
        for (var i = 0; i < count; i++)
            files.Add($"t{i}.yaml", $"trigger: t{i}\n{Trigger()}");
        return files;
    }

    private string SegmentCondition() => setting.Sessions && setting.Unsettled && dice.Chance(20)
        ? "session.count >= 2"
        : _expression.OnUser();

    private string Policy()
    {
        var policy = $"lateness: {setting.Lateness}ms\ndisorder: {setting.Disorder}ms\n";
        if (setting.Zone is { } zone)
            policy += $"time_zone: {zone}\n{(setting.Device ? "device_zone: zone\n" : "")}";
        if (setting.Sessions)
            policy += $"session: {{gap: {setting.Lengths[1]}ms, max: {dice.Of(setting.Lengths[2], setting.Lengths[3])}ms}}\n";
        if (dice.Chance(40))
            policy += $"misfire_after: {_expression.Length()}\n";
        if (setting.Lifecycle)
            policy += Life();
        if (setting.Gates)
            policy += new RandomGates(dice, setting).Policy();
        if (setting.Outcomes || setting.Harm)
            policy += $"statistics: {{every: {dice.Of("1s", "5s", "1m")}}}\n";
        if (setting.Harm)
            policy += RandomHarm.Policy;
        return setting.Unsettled && dice.Chance(10) ? policy + $"dedup: {_expression.Length()}\n" : policy;
    }

    private string Life()
    {
        var rising = dice.Of<IReadOnlyList<int>>([0, 1, 2], [0, 1, 3], [1, 2, 3], [0, 2, 3]).Select(place => setting.Lengths[place]).ToList();
        var of = dice.Between(0, 2) switch { 0 => $", of: [{_expression.Type()}]", 1 => $", of: [{setting.Types[0]}, {setting.Types[1]}]", _ => "" };
        return $"lifecycle: {{at_risk: {rising[0]}ms, dormant: {rising[1]}ms, churned: {rising[2]}ms, new: {_expression.Length()}, "
            + $"resurrected: {_expression.Length()}, return: {dice.Of(1, 2, 2, 3)}{of}}}\n"
            + $"rfm: {{over: {_expression.Length()}, frequency: {_expression.Type()}, monetary: {_expression.Type()}.price, scores: {dice.Between(2, 5)}}}\n"
            + (setting.Outcomes || setting.Harm ? "" : "statistics: {every: 1s}\n");
    }

    private string Trigger()
    {
        var (on, aliases, keyed) = On();
        var text = on;
        if (keyed && setting.Has.HasFlag(CaseFeatures.Keys) && dice.Chance(25))
            text += "per: event.item\n";
        if (setting.Has.HasFlag(CaseFeatures.Predicates) && dice.Chance(40))
            text += $"if: '{(keyed ? _expression.Predicate(aliases, _segments) : _expression.OnUser())}'\n";
        if (setting.Has.HasFlag(CaseFeatures.Activation) && dice.Chance(8))
            text += $"activation: {setting.Origin + (dice.Between(0, 3) * dice.Of(setting.Lengths))}\n";
        var isJourney = setting.Has.HasFlag(CaseFeatures.Journeys) && dice.Chance(20);
        text += Decide(isJourney);
        var templates = new RandomTemplates(dice, setting, _expression);
        if (!isJourney)
            return templates.Prompt(keyed ? [.. aliases, "event"] : []) is { Length: > 0 } prompt ? $"{text}prompt: {{{prompt}}}\n" : text;
        return text + new RandomJourney(dice, setting, _expression, templates) { Names = keyed ? aliases : [], Segments = _segments, HasEvent = keyed }.Steps();
    }

    private (string On, IReadOnlyList<string> Aliases, bool Keyed) On()
    {
        var kind = dice.Between(0, 10);
        var has = setting.Has;
        if (kind <= 2 && has.HasFlag(CaseFeatures.Patterns))
        {
            var pattern = new RandomPattern(dice, setting, _expression);
            return (pattern.On(), pattern.Aliases, true);
        }

        return kind switch
        {
            3 or 4 or 10 when has.HasFlag(CaseFeatures.Absences) => (Absence(), ["a"], true),
            5 when has.HasFlag(CaseFeatures.Silences) => (Silence(), [], true),
            6 or 7 when _segments.Count > 0 => ($"on: {{segment: {dice.Of(_segments)}, edge: {dice.Of("enter", "exit")}}}\n", [], false),
            _ => ($"on: {{event: {Type()}{Where(40)}}}\n", [], true),
        };
    }

    private string Absence()
    {
        var of = dice.Chance(40) ? $"[{Type()}, {Type()}]" : $"[{{event: {Type()}{Where(30)}}}]";
        var grace = dice.Chance(20) ? $"\n    grace: {_expression.Length()}" : "";
        return $"on:\n  absence:\n    of: {of}\n    after: {{event: {Type()}, as: a{Where(30)}}}\n" +
            $"    for: {_expression.Length()}\n    repeat: {dice.Of("restart", "ignore", "each")}{grace}\n";
    }

    private string Silence()
    {
        var of = dice.Between(0, 2) switch
        {
            0 => "",
            1 => $", of: [{Type()}]",
            _ => $", of: [{Type()}, {{event: {Type()}{Where(30)}}}]",
        };
        return $"on: {{silence: {_expression.Length()}{of}}}\n";
    }

    private string Decide(bool isJourney)
    {
        var (text, reentry) = ("", "always");
        if (setting.Has.HasFlag(CaseFeatures.Reentry))
            reentry = dice.Of("always", "always", "always", "always", "always", "once", "after_exit", "cooldown");
        if (setting.Has.HasFlag(CaseFeatures.Exits) && dice.Chance(reentry == "after_exit" ? 80 : setting.Gates || isJourney ? 30 : 12))
            text += dice.Chance(isJourney ? 40 : 70) ? $"exit: {{event: {Type()}{Where(30)}}}\n" : $"goal: {{event: {Type()}, within: 3d}}\n";
        else if (setting.Outcomes && dice.Chance(70))
            text += $"goal: {{event: {Type()}{Where(30)}, within: {_expression.Length()}}}\n";
        text += $"decide:\n  priority: {dice.Of(10, 50, 50, 90)}\n  reentry: {reentry}\n";
        text += $"  expires: {dice.Of(setting.Lengths[2], 3_600_000, 7_200_000)}ms\n";
        if (setting.Has.HasFlag(CaseFeatures.Reentry) && (reentry == "cooldown" || dice.Chance(20)))
            text += $"  cooldown: {_expression.Length()}\n";
        if (dice.Chance(15))
            text += $"  value: {dice.Of("0.5", "1", "2")}\n";
        if (dice.Chance(isJourney ? 60 : 20))
            text += $"  misfire: {dice.Of("fire", "skip")}\n";
        var gates = setting.Gates ? new RandomGates(dice, setting).Decide() : "";
        if (setting.Outcomes)
            gates += new RandomOutcomes(dice, setting, _expression).Decide(gates.Contains("variants", StringComparison.Ordinal));
        if (setting.Has.HasFlag(CaseFeatures.Transactional) && dice.Chance(6))
            return text + gates + "  purpose: transactional\n";
        return text + gates + (setting.Gates ? $"  purpose: {dice.Of("marketing", "marketing", "news")}\n" : "");
    }

    private string Type()
    {
        if (setting.Sessions && dice.Chance(30))
            return dice.Of("session_start", "session_end");
        return setting.Has.HasFlag(CaseFeatures.Profiles) && dice.Chance(2) ? "profile_update" : _expression.Type();
    }

    private string Where(int percent) => dice.Chance(percent) ? $", where: '{_expression.OnEvent("event")}'" : "";
}
