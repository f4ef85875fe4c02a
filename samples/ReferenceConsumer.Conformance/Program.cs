using System.ComponentModel;
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
    try
    {
        using var consumer = new TestedConsumer(args[0], args[1..]);
        var breach = rule.Breach(consumer.Answer);
        Console.WriteLine(breach is null ? $"ok      {rule.Name}" : $"BREACH  {breach}");
        if (breach is not null) breaches++;
    }
    catch (Win32Exception missing)
    {
        Console.Error.WriteLine($"{args[0]} does not start: {missing.Message}");
        return 2;
    }
}
Console.WriteLine($"{breaches} breaches");
return breaches == 0 ? 0 : 1;
