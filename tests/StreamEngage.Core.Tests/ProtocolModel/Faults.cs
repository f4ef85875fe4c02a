namespace StreamEngage.Tests.ProtocolModel;

/// <summary>What may still go wrong in a run. The explorer tries every moment for each.</summary>
/// <param name="Crashes">An engine dies, and its open transaction stays with the coordinator.</param>
/// <param name="Rebalances">The lane moves and nobody tells its old owner, who goes on as a zombie.</param>
/// <param name="Losses">Redis falls back by one or two writes, or loses everything.</param>
/// <param name="Timeouts">The coordinator aborts a transaction whose producer lives.</param>
/// <param name="LostReplies">A prepare or a commit takes place and its reply is lost, or a commit never arrives.</param>
internal readonly record struct Faults(byte Crashes = 0, byte Rebalances = 0, byte Losses = 0, byte Timeouts = 0, byte LostReplies = 0)
{
    public override string ToString() =>
        $"{Crashes} crashes, {Rebalances} rebalances, {Losses} losses, {Timeouts} timeouts, {LostReplies} lost replies";
}
