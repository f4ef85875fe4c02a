using System.Text;
using ReferenceConsumer;
using ReferenceConsumer.Conformance;

namespace StreamEngage.Host.Tests.Deployment;

public sealed class ReferenceConsumerTests
{
    private const string CasesPath = "samples/ReferenceConsumer.Conformance/cases.ndjson";

    public static TheoryData<string> Names() => [.. Cases().Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ReferenceConsumer_KeepsTheRule(string name) => Assert.Null(Cases().Single(one => one.Name == name).Breach(new Answers().To));

    [Theory]
    [InlineData("duplicate")]
    [InlineData("cancel-before")]
    [InlineData("cancel-after")]
    [InlineData("shown-at-its-last-instant")]
    [InlineData("expired")]
    [InlineData("replay")]
    [InlineData("unknown-fields")]
    [InlineData("supersede-waiting")]
    public void PromisedCase_IsThere(string name) => Assert.Contains(Cases(), one => one.Name == name);

    /// <summary>A kit that a careless consumer passes tests nothing: each of these breaks at least one case.</summary>
    [Theory]
    [InlineData("shows whatever comes", "duplicate")]
    [InlineData("shows nothing", "shown-at-once")]
    public void CarelessConsumer_BreaksACase(string careless, string name)
    {
        Func<string, string?> answer = careless == "shows nothing" ? _ => "[]" : _ => """[{"do": "show", "promptId": "p1"}]""";
        Assert.NotNull(Cases().Single(one => one.Name == name).Breach(answer));
    }

    [Fact]
    public void ShippedExampleOfACommand_IsRead()
    {
        var message = PromptMessage.Read(File.ReadAllBytes(DeploymentFiles.PathOf("schemas/examples/prompt-command.json")));

        Assert.NotNull(message);
        Assert.True(message.NotBefore < message.NotAfter);
    }

    [Fact]
    public void ShownBeforeARestart_IsNotShownAgain()
    {
        var path = Path.GetTempFileName();
        try
        {
            var shown = new PromptMessage("p1", "send", "u1", 1_000, 9_000);
            using (var ledger = new ShownLedger(path)) ledger.Add(shown);
            File.AppendAllText(path, "p2 se");
            var inbox = new PromptInbox();
            foreach (var known in ShownLedger.Read(path, now: 2_000)) inbox.Restore(known);

            Assert.Empty(inbox.Receive(shown, 2_000));
            Assert.Equal(1, inbox.Duplicates);
            Assert.Empty(ShownLedger.Read(path, now: 9_001));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void WhatIsRemembered_EndsAfterNotAfter()
    {
        var inbox = new PromptInbox();
        for (var i = 0; i < 1_000; i++) inbox.Receive(new($"p{i}", "send", "u", 5_000, 9_000), 1_000);
        Assert.Equal(1_000, inbox.Waiting);
        Assert.Empty(inbox.Tick(9_001));

        Assert.Equal((0, 1_000L), (inbox.Waiting, inbox.Expired));
    }

    private static IEnumerable<Case> Cases() => Case.Read(File.ReadLines(DeploymentFiles.PathOf(CasesPath)));

    /// <summary>The consumer, asked a line at a time.</summary>
    private sealed class Answers
    {
        private readonly StringBuilder _lines = new();
        private int _answered;

        // The protocol keeps its state between lines, so the whole conversation is held again for each of them.
        public string To(string line)
        {
            _lines.AppendLine(line);
            using var output = new StringWriter();
            StandardInput.Run(new StringReader(_lines.ToString()), output);
            return output.ToString().Split('\n')[_answered++];
        }
    }
}
