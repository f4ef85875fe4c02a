using System.Text.Json;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving;

/// <summary>Whether the process should be restarted (alive) and whether its lanes do their work (ready).</summary>
internal sealed class Health(LaneBoard board, LoopPulse pulse)
{
    /// <summary>Set when the first signal came: nothing new is to be expected of this instance.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The loop turns. A store or broker that is away does not count: a restart would not bring it back.</summary>
    public bool IsAlive => pulse.Age < ServeLimits.PulseAgeMax;

    /// <summary>Every lane runs; an instance without a lane stands by and is ready too.</summary>
    public bool IsReady => IsAlive && !IsStopping && board.Lanes.All(lane => lane.State is LaneState.Running or LaneState.Draining);

    public void WriteLiveness(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("alive", IsAlive);
        json.WriteNumber("loopAgeMilliseconds", (long)pulse.Age.TotalMilliseconds);
        json.WriteEndObject();
    }

    public void WriteReadiness(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("ready", IsReady);
        json.WriteBoolean("stopping", IsStopping);
        json.WriteStartObject("states");
        foreach (var (state, lanes) in board.Lanes.CountBy(lane => lane.State).OrderBy(count => count.Key))
            json.WriteNumber(ClosedLabels.Kebab($"{state}"), lanes);
        json.WriteEndObject();
        WriteLanes(json);
        json.WriteEndObject();
    }

    public void WriteLanes(Utf8JsonWriter json)
    {
        json.WriteStartArray("lanes");
        foreach (var lane in board.Lanes) Write(json, lane);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LaneStatus lane)
    {
        json.WriteStartObject();
        json.WriteNumber("lane", lane.Lane);
        json.WriteString("state", ClosedLabels.Kebab($"{lane.State}"));
        json.WriteString("why", lane.Why);
        json.WriteNumber("step", lane.Step);
        json.WriteString("applied", lane.Applied);
        json.WriteNumber("journal", lane.Journal);
        json.WriteBoolean("caughtUp", lane.IsCaughtUp);
        json.WriteNumber("lagRecords", lane.LagRecords);
        json.WriteNumber("lagMilliseconds", lane.LagMilliseconds);
        json.WriteNumber("outbox", lane.Outbox);
        json.WriteNumber("cachedUsers", lane.CachedUsers);
        json.WriteString("rulebook", lane.Rulebook);
        json.WriteEndObject();
    }
}
