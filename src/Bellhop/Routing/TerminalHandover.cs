using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>
/// Gives central to one terminal by its name, from our agent or from another terminal. A terminal lets go by itself: it has
/// an event in hand that must come to its end first.
/// </summary>
public sealed class TerminalHandover(
    ISessionHandover ours,
    ISessionHolders holders,
    TerminalLeases terminals,
    ITerminalCalls calls,
    TimeProvider time
)
{
    /// <summary>How long whoever asks waits for it to happen; it may happen later as well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Returns when <paramref name="to"/> has the session, or says what it waits for.</summary>
    public async Task<HandoverResult> HandOverAsync(SessionId session, SessionId to, CancellationToken cancel)
    {
        if (!session.IsGateway)
            return new HandoverResult(false, $"{session} is its terminal's own; only gateway can be given to another.");
        if (to.IsGateway || terminals.Of(to) is not { Nonce: { } nonce } next)
            return new HandoverResult(false, $"There is no terminal {to}. {Others()}");
        var before = terminals.Of(session);
        // First: then no other terminal takes what our agent lets go of.
        await calls.GiveAsync(session, next, cancel);
        if (holders.HolderOf(session) is not null)
            await ours.HandOverAsync(session, SessionHolder.Terminal, cancel);
        return new HandoverResult(
            true,
            await HasItAsync(session, nonce, cancel) ? $"{next.Who} has {session}."
                : before is { Kind: not TerminalLease.Gateway }
                    ? $"{before.Who} has {session} and was asked to let go of it after its turn; then {next.Who} takes it."
                : $"{next.Who} takes {session} as soon as it is free."
        );
    }

    private async Task<bool> HasItAsync(SessionId session, string nonce, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            while (true)
            {
                var change = terminals.NextChange;
                if (terminals.Of(session)?.Nonce == nonce)
                    return true;
                await change.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private string Others()
    {
        var others = terminals.Live.Where(l => !l.Session.IsGateway).Select(l => l.Session.Value).Order().ToList();
        return others is []
            ? "No terminal waits for it: start one with pi."
            : $"There are: {string.Join(", ", others)}.";
    }
}
