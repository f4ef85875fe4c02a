using StreamEngage.Detect;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Gate 5: the channel among those of the trigger that reach the user.</summary>
internal static class ChannelGate
{
    // A channel nobody has tried counts as one engagement in ten prompts, so that a lucky first open does not bind a user for good.
    private const double PriorEngaged = 1, PriorSent = 10;

    /// <summary>Its place among the trigger's channels; -1: none reaches the user.</summary>
    public static int Choose(CompiledTrigger trigger, Contact? contact) => trigger.Decide.Choose switch
    {
        ChannelChoice.Fixed => Reaches(trigger, 0, contact) ? 0 : -1,
        ChannelChoice.Best => Best(trigger, contact),
        _ => Next(trigger, 0, contact),
    };

    /// <summary>The first channel at or after a place that reaches the user; -1: none.</summary>
    public static int Next(CompiledTrigger trigger, int from, Contact? contact)
    {
        for (var channel = from; channel < trigger.Channels.Length; channel++)
            if (Reaches(trigger, channel, contact)) return channel;
        return -1;
    }

    public static bool Reaches(CompiledTrigger trigger, int channel, Contact? contact) =>
        contact?.Channel(trigger.Channels[channel].Text)?.IsReachable != false;

    /// <summary>The one that the user answers most readily; of equal ones the first named.</summary>
    private static int Best(CompiledTrigger trigger, Contact? contact)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        for (var channel = 0; channel < trigger.Channels.Length; channel++)
        {
            if (!Reaches(trigger, channel, contact)) continue;
            var fact = contact?.Channel(trigger.Channels[channel].Text);
            var rate = ((fact?.Engaged ?? 0) + PriorEngaged) / ((fact?.Sent ?? 0) + PriorSent);
            if (rate > most) (best, most) = (channel, rate);
        }
        return best;
    }
}
