using Confluent.Kafka;

namespace ReferenceConsumer;

/// <summary>Reads a channel topic as a notification service should: committed records only, offsets by hand, after what they stand for is done.</summary>
public sealed class ChannelTopic(string brokers, string topic, string group, string ledgerPath)
{
    private readonly PromptInbox _inbox = new();

    public void Run(TextWriter screen, CancellationToken stop)
    {
        using var ledger = Restored();
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = group,
            // Without it the prompts of aborted transactions are shown.
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe(topic);
        var open = false;
        while (!stop.IsCancellationRequested)
        {
            var record = consumer.Consume(TimeSpan.FromMilliseconds(200));
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            Do(_inbox.Tick(now), ledger, screen);
            if (record is not null)
            {
                open = true;
                if (PromptMessage.Read(record.Message.Value) is { } message) Do(_inbox.Receive(message, now), ledger, screen);
                else screen.WriteLine($"{topic}[{record.Partition.Value}]@{record.Offset.Value}: not a prompt command");
            }
            // While a prompt waits its record must come again after a crash.
            if (!open || _inbox.Waiting > 0) continue;
            consumer.Commit();
            open = false;
        }
        consumer.Close();
    }

    private ShownLedger Restored()
    {
        foreach (var shown in ShownLedger.Read(ledgerPath, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())) _inbox.Restore(shown);
        return new(ledgerPath);
    }

    private static void Do(IReadOnlyList<PromptAction> actions, ShownLedger ledger, TextWriter screen)
    {
        foreach (var (kind, prompt) in actions)
        {
            if (kind == ActionKind.Show) ledger.Add(prompt);
            screen.WriteLine($"{kind.ToString().ToLowerInvariant()} {prompt.PromptId} template={prompt.Template}");
        }
    }
}
