namespace StreamEngage.Tests.Naive.Cases;

/// <summary>
/// A random stream in order of arrival: many ties and distances of exactly a length, one less or one more; duplicates,
/// collisions, late events and, where the case has disorder, events out of order.
/// </summary>
internal sealed class RandomStream(Dice dice, CaseSetting setting)
{
    private readonly List<NaiveEvent> _events = [];
    private long _latest = setting.Origin;

    public IReadOnlyList<NaiveEvent> Events()
    {
        foreach (var (user, type, at) in setting.Harm ? new RandomHarm(dice, setting).Before(_latest) : [])
            _events.Add(Made(type, at, []) with { User = user });
        var count = dice.Between(10, dice.Of(20, 40, 60));
        for (var i = 0; i < count; i++)
            _events.Add(Next());
        return _events;
    }

    private NaiveEvent Next()
    {
        if (_events.Count > 0 && dice.Chance(5))
            return Again(dice.Of(_events));
        if (setting.Has.HasFlag(CaseFeatures.Profiles) && dice.Chance(4))
            return Made("profile_update", Forward(), Told());
        if (setting.Gates && dice.Chance(12))
            return Control();
        if (setting.Identity && dice.Chance(6))
            return Made("identify", ControlTime(), new Dictionary<string, object?> { ["anonymous"] = dice.Of($"u{dice.Between(1, setting.Users)}", "u4") });
        if (setting.Erasure && dice.Chance(5))
            return Made("erase", ControlTime(), []);
        var at = setting.Late && dice.Chance(12) ? Late() : setting.Disorder > 0 && dice.Chance(30) ? OutOfOrder() : Forward();
        return Made(dice.Chance(4) ? "page" : dice.Of(setting.Types), at, Props());
    }

    private Dictionary<string, object?> Told()
    {
        var props = new Dictionary<string, object?> { ["tier"] = dice.Of("gold", "silver") };
        if (setting.Device && dice.Chance(30))
            props[dice.Of("time_zone", "device_time_zone")] = Zone();
        return props;
    }

    /// <summary>Now and then one that nobody knows.</summary>
    private string Zone() => dice.Of("Asia/Seoul", "America/New_York", "Europe/Berlin", "UTC", "Mars/Olympus");

    private long ControlTime() => setting.Late && dice.Chance(12) ? Late() : Forward();

    private NaiveEvent Control()
    {
        var at = ControlTime();
        var purpose = dice.Of("marketing", "news", null);
        var (type, props) = dice.Between(0, 3) switch
        {
            0 => ("consent_update", new Dictionary<string, object?> { ["purpose"] = purpose, ["status"] = dice.Of("granted", "denied") }),
            1 => ("channel_update", new Dictionary<string, object?> { ["channel"] = dice.Of("push", "email", "sms"), ["reachable"] = dice.Chance(50) }),
            2 => ("prompt_approval", Outcome()),
            _ => ("prompt_outcome", Outcome()),
        };
        return Made(type, at, props);
    }

    /// <summary>Of a prompt that an earlier event may have made.</summary>
    private Dictionary<string, object?> Outcome()
    {
        var props = new Dictionary<string, object?>
        {
            ["outcome"] = dice.Of("failed", "failed", "failed", "opened", "clicked", "delivered", "dismissed", "unsubscribed"),
            ["status"] = dice.Of("approved", "approved", "rejected"),
        };
        if (_events.Count == 0)
            return props;
        var cause = _events[dice.Between(Math.Max(0, _events.Count - 6), _events.Count - 1)];
        var instance = dice.Chance(70) ? "" : cause.Property("item") as string ?? "";
        props["promptId"] = NaiveGates.PromptId($"t{dice.Between(0, 2)}", cause.User, instance, cause.Id);
        return props;
    }

    private NaiveEvent Made(string type, long at, Dictionary<string, object?> props)
    {
        _latest = Math.Max(_latest, at);
        return new NaiveEvent($"e{_events.Count}", $"u{dice.Between(1, setting.Users)}", type, at, props);
    }

    /// <summary>A duplicate, or a collision that keeps the id and not the content.</summary>
    private NaiveEvent Again(NaiveEvent e)
    {
        if (dice.Chance(60))
            return e;
        var at = e.Type == "profile_update" || dice.Chance(50) ? e.At : Forward();
        _latest = Math.Max(_latest, at);
        return e with { At = at, Props = Props() };
    }

    private Dictionary<string, object?> Props()
    {
        var props = new Dictionary<string, object?>();
        if (dice.Chance(85))
            props["price"] = (double)dice.Of(0, 1, 2, 3, 5, 10);
        if (dice.Chance(75))
            props["cat"] = dice.Of("a", "b", "c");
        if (dice.Chance(80))
            props["item"] = dice.Of("i1", "i2");
        if (dice.Chance(10))
            props["cat"] = null;
        if (setting.Device && dice.Chance(20))
            props["zone"] = Zone();
        if (dice.Chance(20))
            props["value"] = (double)dice.Between(1, 4);
        return props;
    }

    /// <summary>At or after the latest: a tie, a boundary of an earlier event, or a step of about a length.</summary>
    private long Forward() => dice.Between(0, 9) switch
    {
        0 or 1 => _latest,
        2 => _latest + 1,
        3 or 4 or 5 when _events.Count > 0 => Boundary(),
        6 or 7 => _latest + dice.Of(setting.Lengths) + dice.Between(-1, 1),
        _ => _latest + dice.Between(1, 3_000),
    };

    private long Boundary()
    {
        var recent = _events[dice.Between(Math.Max(0, _events.Count - 8), _events.Count - 1)];
        return Math.Max(_latest, recent.At + dice.Of(setting.Lengths) + dice.Between(-1, 1));
    }

    /// <summary>Exactly as old as is too old, one millisecond younger or older, at an earlier event or anywhere between.</summary>
    private long Late()
    {
        var clock = _latest - setting.Disorder;
        return dice.Between(0, 8) switch
        {
            0 => clock - setting.Lateness,
            1 => clock - setting.Lateness + 1,
            2 when _events.Count > 0 => dice.Of(_events).At,
            3 or 4 when _events.Count > 0 => Math.Min(clock, dice.Of(_events).At + dice.Of(setting.Lengths) + dice.Between(-1, 1)),
            5 => clock - dice.Of(setting.Lengths) + dice.Between(-1, 1),
            6 => clock - dice.Between(1, 1_000),
            _ => clock - dice.Between(1, (int)Math.Min(setting.Lateness, 20_000)),
        };
    }

    private long OutOfOrder() => _latest - dice.Between(0, (int)setting.Disorder);
}
