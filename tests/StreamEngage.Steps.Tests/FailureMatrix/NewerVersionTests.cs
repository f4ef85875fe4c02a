using StreamEngage.Events;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What a newer version wrote is never taken for nothing: the lane parks and every byte stays.</summary>
public sealed class NewerVersionTests
{
    private const byte Newer = 99;

    private static readonly Utf8Text _user = new("u1");

    [Fact]
    public void HeadOfANewerVersion_ParksTheLaneAndStays()
    {
        using var scene = Written(head => head.Span[0] = Newer, _ => { });
        var before = Stored(scene);
        scene.Start();
        scene.Click("view");
        scene.Run(60_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.Contains("newer version", scene.Status().Why, StringComparison.Ordinal);
        Assert.Equal(before, Stored(scene));
        Assert.Equal(1, scene.PromptsOf("views"));
    }

    [Fact]
    public void UserOfANewerVersion_ParksTheLaneWhenItIsNeededAndStays()
    {
        // The epoch's two bytes stand before the version.
        using var scene = Written(_ => { }, record => record.Span[2] = Newer);
        var before = Stored(scene);
        scene.Start();
        Assert.Equal(LaneState.Running, scene.Status().State);
        scene.Click("view");
        scene.Run(60_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.Contains("newer version", scene.Status().Why, StringComparison.Ordinal);
        Assert.Equal(before.User, Stored(scene).User);
        Assert.Equal(1, scene.PromptsOf("views"));
    }

    /// <summary>A lane with one user that another instance wrote, its bytes changed.</summary>
    private static Scene Written(Action<Memory<byte>> changeHead, Action<Memory<byte>> changeUser)
    {
        var scene = new Scene([Scene.Cart, Scene.Views]);
        scene.Click("view");
        scene.Run(5_000);
        scene.Stop();
        var lane = scene.Memory.AcquireAsync(0, "newer", default).Result;
        var record = scene.Memory.LoadAsync(0, [_user], null, 0, default).Result.Records[0];
        var (head, user) = (lane.Head.ToArray(), record.ToArray());
        changeHead(head);
        changeUser(user);
        var step = new StepWrite
        {
            Step = lane.Step + 1, StepId = "newer", Head = head, Users = [new(_user, user, null)], Added = [], Trimmed = [],
        };
        Assert.Equal(PrepareVerdict.Prepared, scene.Memory.PrepareAsync(0, "newer", step, default).Result);
        return scene;
    }

    private static (long Step, string Head, string User) Stored(Scene scene)
    {
        var step = scene.Memory.LookAsync(0, default).Result.Step;
        var user = scene.Memory.LoadAsync(0, [_user], null, 0, default).Result.Records[0];
        // Whoever acquires changes the token only.
        var lane = scene.Memory.AcquireAsync(0, "looks", default).Result;
        return (step, Convert.ToHexString(lane.Head.Span), Convert.ToHexString(user.Span));
    }
}
