using System.Diagnostics;
using ReferenceConsumer.Conformance;

// Runs every case against a consumer that speaks the protocol of README.md: consumer-conformance COMMAND [ARGUMENTS]
if (args.Length == 0)
{
    Console.Error.WriteLine("consumer-conformance COMMAND [ARGUMENTS]: COMMAND answers one line for each line it is given");
    return 2;
}
var breaches = 0;
foreach (var rule in Case.Read(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "cases.ndjson"))))
{
    using var consumer = Process.Start(new ProcessStartInfo(args[0], args[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    var breach = rule.Breach(line =>
    {
        consumer.StandardInput.WriteLine(line);
        consumer.StandardInput.Flush();
        return consumer.StandardOutput.ReadLine();
    });
    consumer.StandardInput.Close();
    if (!consumer.WaitForExit(5_000)) consumer.Kill();
    Console.WriteLine(breach is null ? $"ok      {rule.Name}" : $"BREACH  {breach}");
    if (breach is not null) breaches++;
}
Console.WriteLine($"{breaches} breaches");
return breaches == 0 ? 0 : 1;
