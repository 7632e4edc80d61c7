namespace Bellhop.Redis.Bus;

/// <summary>Who has central.</summary>
internal enum CentralSeat
{
    /// <summary>Redis was not looked at yet.</summary>
    Unknown,

    /// <summary>Nobody, for now.</summary>
    Nobody,

    /// <summary>A terminal; or nobody yet, but a person handed it over to one.</summary>
    Terminal,

    /// <summary>A gateway.</summary>
    Gateway,
}

/// <summary>What the last look at Redis found. One part writes it, any thread reads it.</summary>
internal sealed class CentralView
{
    private volatile CentralSeat _seat;
    private volatile TaskCompletionSource _free = Fresh();

    /// <summary>Who has central, as far as we know.</summary>
    public CentralSeat Seat => _seat;

    /// <summary>Returns while no gateway has it.</summary>
    public Task WithoutGatewayAsync(CancellationToken cancel) => _free.Task.WaitAsync(cancel);

    /// <summary>Notes what was found. Not for two threads at once.</summary>
    public void Show(CentralSeat seat)
    {
        _seat = seat;
        if (seat != CentralSeat.Gateway)
            _free.TrySetResult();
        else if (_free.Task.IsCompleted)
            _free = Fresh();
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
