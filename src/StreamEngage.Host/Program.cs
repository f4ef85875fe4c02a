using System.CommandLine;
using StreamEngage.Host.Verbs;

return await CommandLine.RunAsync(CommandLine.Root(), args, new InvocationConfiguration());
