using System.Text;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage.Host.Backtests;

/// <summary>Counts prompts as they are made and keeps none of them.</summary>
internal sealed class PromptTally
{
    private readonly TimeZoneInfo _zone;
    private readonly Dictionary<string, (int Index, PromptShape Shape)> _triggers = new(StringComparer.Ordinal);

    // By 64-bit hash of the user's id: two users are taken for one about once in 10^12 pairs of millions.
    private readonly Dictionary<(int Trigger, ulong User), int> _ofUser = [];

    public PromptTally(CompiledRulebook rulebook)
    {
        ZoneName = rulebook.Definition.Policy.TimeZone;
        _zone = TimeZoneInfo.TryFindSystemTimeZoneById(ZoneName, out var zone) ? zone : TimeZoneInfo.Utc;
        foreach (var trigger in rulebook.Triggers) _triggers.TryAdd(trigger.Name, (trigger.Index, new()));
    }

    /// <summary>The zone whose hours are counted: the default of the policy.</summary>
    public string ZoneName { get; }

    public PromptShape All { get; } = new();

    /// <summary>Prompts of users that no longer fitted the bound and are missing from the distribution over users.</summary>
    public long PromptsOfUncountedUsers { get; private set; }

    public PromptShape Of(string trigger) => _triggers[trigger].Shape;

    public void Count(PromptCommand prompt)
    {
        if (prompt.Kind == PromptKind.Cancel) return;
        var (index, shape) = _triggers[prompt.Trigger];
        var user = Hash64.Of(Encoding.UTF8.GetBytes(prompt.User));
        var hour = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(prompt.DecidedAt.UnixMilliseconds), _zone).Hour;
        shape.Count(prompt.DecidedAt, hour, CountOf(index, user));
        All.Count(prompt.DecidedAt, hour, CountOf(-1, user));
    }

    private int CountOf(int trigger, ulong user)
    {
        var count = _ofUser.GetValueOrDefault((trigger, user)) + 1;
        if (count == 1 && _ofUser.Count >= BacktestLimits.PairsMax)
        {
            if (trigger < 0) PromptsOfUncountedUsers++;
            return 0;
        }
        _ofUser[(trigger, user)] = count;
        return count;
    }
}
