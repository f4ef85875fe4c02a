using System.Runtime.InteropServices;

namespace StreamEngage.Host.Serving;

/// <summary>SIGTERM and SIGINT: the first one asks the engine to finish, the second one ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _endNow;
    private int _received;

    /// <param name="endNow">Ends the process.</param>
    public StopSignals(Action endNow)
    {
        _endNow = endNow;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, On), PosixSignalRegistration.Create(PosixSignal.SIGINT, On)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Name of the first signal.</summary>
    public string Name { get; private set; } = "";

    public void Receive(string signal)
    {
        if (Interlocked.Increment(ref _received) > 1) _endNow();
        else
        {
            Name = signal;
            _stop.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void On(PosixSignalContext context)
    {
        context.Cancel = true;
        Receive($"{context.Signal}");
    }
}
