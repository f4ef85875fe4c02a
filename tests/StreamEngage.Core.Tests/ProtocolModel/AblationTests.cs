using System.Diagnostics;
using Xunit.Abstractions;

namespace StreamEngage.Tests.ProtocolModel;

/// <summary>Each guard left out alone, with the fewest faults that break it. A guard that nothing breaks without would be a superstition.</summary>
public sealed class AblationTests(ITestOutputHelper output)
{
    private static readonly Faults OneCrash = new(Crashes: 1);
    private static readonly Faults OneRebalance = new(Rebalances: 1);
    private static readonly Faults OneLoss = new(Losses: 1);
    private static readonly Faults OneLostReply = new(LostReplies: 1);
    private static readonly Faults RebalanceAndLoss = new(Rebalances: 1, Losses: 1);

    [Fact]
    public void NoTokenInPrepare_AZombieWritesIntoALaneThatFellBackToItsStep() =>
        MustBreak(Guard.TokenInPrepare, Violation.Phantom, Input.Race, RebalanceAndLoss);

    [Fact]
    public void NoStepInPrepare_TheOwnerBuildsOnAStepThatRedisLost() => MustBreak(Guard.StepInPrepare, Violation.Phantom, Input.Apart, OneLoss);

    [Fact]
    public void NoTokenAndNoStepInPrepare_AZombieOverwritesTheLane() =>
        MustBreak(Guard.TokenInPrepare | Guard.StepInPrepare, Violation.Phantom, Input.Race, OneRebalance);

    [Fact]
    public void NoJournalPositionInPrepare_ALostTrimIsPassedOver() =>
        MustBreak(Guard.PositionInPrepare, Violation.Duplicate, Input.Three, new(Crashes: 1, Losses: 1));

    [Fact]
    public void TokenThatCounts_IsIssuedTwiceAfterALoss() => MustBreak(Guard.RandomToken, Violation.Phantom, Input.Race, RebalanceAndLoss);

    [Fact]
    public void NoStableOffset_AZombieCommitsAfterTheJournalWasRead() =>
        MustBreak(Guard.StableOffset, Violation.Duplicate, Input.Race, OneRebalance);

    [Fact]
    public void JournalEndReadBeforeTheStableOffset_MissesAZombiesRecord() =>
        MustBreak(Guard.EndReadAfterStableOffset, Violation.Duplicate, Input.Race, OneRebalance);

    [Fact]
    public void NoBarrier_MissesARecordWhoseMarkerIsOnItsWay() => MustBreak(Guard.JournalBarrier, Violation.Duplicate, Input.Race, OneRebalance);

    [Fact]
    public void NoLedger_PublishesTheOutboxAgain() => MustBreak(Guard.JournalLedger, Violation.Duplicate, Input.Race, OneCrash);

    [Fact]
    public void ReplayByTheWallClock_DecidesAnotherHistory() => MustBreak(Guard.JournalClock, Violation.Phantom, Input.Race, OneLoss);

    [Fact]
    public void JournalPositionMovedBeforeTheReplayIsOver_ForgetsTheRest() =>
        MustBreak(Guard.JournalPositionWaitsForReplay, Violation.Phantom, Input.Race, new(Crashes: 1, Losses: 1));

    [Fact]
    public void SeekToTheCommittedOffset_CountsAnEventTwice() => MustBreak(Guard.SeekToApplied, Violation.Lost, Input.Race, OneCrash);

    [Fact]
    public void NoGenerationFence_AZombiePublishes() => MustBreak(Guard.GenerationFence, Violation.Duplicate, Input.Race, OneRebalance);

    [Fact]
    public void MetadataNewerThanTheLane_PassesTheFenceWithoutTheLane() =>
        MustBreak(Guard.MetadataNoNewerThanLane, Violation.Duplicate, Input.Race, OneRebalance);

    [Fact]
    public void NoHeartbeat_AnIdleLaneNeverNoticesItsLoss() => MustBreak(Guard.Heartbeat, Violation.Phantom, Input.Race, OneLoss);

    [Fact]
    public void TrimBeforeTheCommit_LosesAPromptWithItsTransaction() => MustBreak(Guard.TrimAfterCommit, Violation.Lost, Input.Race, OneCrash);

    [Fact]
    public void UnknownOutcomeTakenForFailure_PublishesTwice() =>
        MustBreak(Guard.UnknownIsNotFailure, Violation.Duplicate, Input.Race, OneLostReply);

    [Fact]
    public void UnknownOutcomeTakenForSuccess_PublishesNever() =>
        MustBreak(Guard.UnknownIsNotSuccess, Violation.Lost, Input.Race, OneLostReply);

    [Fact]
    public void UnjournaledStepsOnlyInMemory_LeaveAGapInTheJournal() =>
        MustBreak(Guard.UnjournaledStepsInRedis, Violation.Gap, Input.Race, OneCrash);

    [Fact]
    public void AGapInTheJournal_DecidesAnotherHistoryOnceRedisIsLost() =>
        MustBreak(
            new Protocol(Input.Race, new(Crashes: 1, Losses: 1), Without(Guard.UnjournaledStepsInRedis), toleratesGaps: true),
            Violation.Phantom,
            "a gap, then a loss");

    [Fact]
    public void StepNumbersComparedInsteadOfSteps_MissAZombiesHistory() =>
        MustBreak(Guard.HistoriesCompared, Violation.Phantom, Input.Race, RebalanceAndLoss);

    [Fact]
    public void RetryThatCountsWhatItNeverSent_PublishesTwice() =>
        MustBreak(Guard.RetryIsWhatWasSent | Guard.PositionInPrepare, Violation.Duplicate, Input.Three, new(Crashes: 1, LostReplies: 1));

    /// <summary>The compared position is the second guard against the same mistake: the next prepare is refused, which costs a takeover.</summary>
    [Fact]
    public void RetryThatCountsWhatItNeverSent_IsRefusedByItsPosition()
    {
        var model = new Protocol(Input.Three, new(Crashes: 1, LostReplies: 1), Without(Guard.RetryIsWhatWasSent));
        Assert.Equal(Violation.None, Explore(model, "retry not what was sent").Violation);
    }

    [Fact]
    public void AcquireOnItsOwnBelief_LetsTwoEnginesTakeTurnsForEver()
    {
        var found = Explore(new Protocol(Input.Race, OneRebalance, Without(Guard.AskGroupAfterLostFence)), "no question to the group");
        Assert.Equal(Violation.None, found.Violation);
        Assert.NotEqual(0, found.Endless);
    }

    /// <summary>Not needed for safety: without it the retry is refused and the lane is acquired again, which costs a takeover.</summary>
    [Fact]
    public void RetryThatIsRefused_IsSafe()
    {
        var found = Explore(new Protocol(Input.Race, new(Rebalances: 1, LostReplies: 1), Without(Guard.StepIdAnswersAlready)), "no ALREADY");
        Assert.Equal(Violation.None, found.Violation);
        Assert.Equal(0, found.Endless);
    }

    /// <summary>With every record flushed before the offsets are sent, the barrier alone would do: two guards for one gap.</summary>
    [Fact]
    public void FlushBeforeOffsets_StandsInForTheStableOffset()
    {
        var guards = Without(Guard.StableOffset) | Guard.FlushBeforeOffsets;
        Assert.Equal(Violation.None, Explore(new Protocol(Input.Race, new(Crashes: 1, Rebalances: 1), guards), "flush, no stable offset").Violation);
    }

    /// <summary>To ask Redis just before the commit makes the gap smaller and does not close it: Redis can fall back after its answer.</summary>
    [Fact]
    public void RedisAskedBeforeCommit_DoesNotStandInForComparedHistories() => MustBreak(
        new Protocol(Input.Race, RebalanceAndLoss, Without(Guard.HistoriesCompared) | Guard.RedisAskedBeforeCommit),
        Violation.Duplicate,
        "Redis asked, histories not compared");

    private static Guard Without(Guard guards) => Guard.Protocol & ~guards;

    private void MustBreak(Guard left, Violation expected, Input input, Faults faults) =>
        MustBreak(new Protocol(input, faults, Without(left)), expected, $"without {left}; {input}; {faults}");

    private void MustBreak(Protocol model, Violation expected, string name) => Assert.Equal(expected, Explore(model, name).Violation);

    private Exploration Explore(Protocol model, string name)
    {
        var watch = Stopwatch.StartNew();
        var found = new Explorer<World>(model).Explore(withProgress: true);
        output.WriteLine($"{name}; {watch.ElapsedMilliseconds} ms: {found}, {found.Endless} endless");
        return found;
    }
}
