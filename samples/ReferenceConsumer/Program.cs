using System.Runtime.InteropServices;
using ReferenceConsumer;

// A consumer of prompt commands to read, to copy from, and to compare with: see README.md.
if (args is ["--stdio"])
{
    StandardInput.Run(Console.In, Console.Out);
    return 0;
}
var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
if (!options.TryGetValue("--brokers", out var brokers) || !options.TryGetValue("--topic", out var topic))
{
    Console.Error.WriteLine("reference-consumer --brokers HOST:PORT --topic prompts.push [--group NAME] [--ledger FILE], or --stdio");
    return 2;
}
using var stop = new CancellationTokenSource();
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
SystemLibrary.Find();
var ledger = options.GetValueOrDefault("--ledger", Path.Combine(Path.GetTempPath(), $"shown-{topic}"));
new ChannelTopic(brokers, topic, options.GetValueOrDefault("--group", "notifications"), ledger).Run(Console.Out, stop.Token);
return 0;
