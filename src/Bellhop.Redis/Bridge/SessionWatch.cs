using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bridge;

/// <summary>
/// Who is there: reads the leases of terminals, tells the registry, and has central adopt what a session left that is gone
/// or never came. Redis tells nobody when a key expires, so it is looked at in rounds; who says that it came or left is
/// seen at once.
/// </summary>
internal sealed class SessionWatch(
    RedisBus bus,
    ICentral central,
    SessionRegistry registry,
    Orphans orphans,
    TerminalLeases terminals,
    Alarms alarms,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<SessionWatch> logger
) : VitalLoop("Watching sessions on Redis", application, logger)
{
    /// <summary>How often a terminal renews; looking more often would find nothing else.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>
    /// From the end of a lease until its session counts as gone: another lease's length, for a terminal that lost its
    /// connection as we did and needs a moment to come back.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private const string Alarm = "redis:sessions";

    private readonly SessionLook _look = new(bus);
    private readonly LeaseView _leases = new(bus, terminals);
    private readonly Dictionary<SessionId, long> _missingSince = [];

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var news = bus.News.Next;
            await TryLookAsync(cancel);
            await SessionNews.WaitAsync(news, Period, time, cancel);
        }
    }

    private async Task TryLookAsync(CancellationToken cancel)
    {
        try
        {
            await LookAsync(time.GetUtcNow(), cancel);
            alarms.Clear(Alarm);
        }
        catch (BellhopException e) when (e is RedisException || e.IsPassing)
        {
            // The leases may have ended because nobody could renew them: nobody is gone until we have seen so for long.
            _missingSince.Clear();
            // Whoever keeps the connection says what is wrong with that; a refusal only we have seen.
            if (e is RedisErrorException)
                alarms.Raise(Alarm, $"Redis does not say who is there: {e.Message}");
        }
    }

    private async Task LookAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await registry.LoadAsync(cancel);
        var seat = await _leases.ShowAsync(registry.Members, now, cancel);
        await SeeToCentralAsync(seat, cancel);
        if (!central.IsHeld && bus.Options.Agent is not null && seat != CentralSeat.Terminal)
        {
            _missingSince.Clear();
            return; // the gateway that is central sees to them, or the next one that will be
        }
        var seen = await _look.TakeAsync(registry.Members, now, cancel);
        var newcomers = seen.Live.Where(s => !s.IsGateway && !registry.IsMember(s)).ToList();
        foreach (var session in newcomers)
            await registry.JoinAsync(session, cancel);
        if (newcomers.Count > 0)
            await _leases.ShowAsync(registry.Members, now, cancel);
        foreach (var session in Gone(seen))
            await orphans.AdoptAsync(session, "it is gone", cancel);
        foreach (var (session, since) in seen.Unclaimed.Where(u => !registry.IsMember(u.Key)))
        {
            if (now - since >= bus.Options.AdoptAfter())
                await orphans.AdoptAsync(session, "it never came", cancel);
        }
    }

    /// <summary>Where a terminal has central, what came in by other doors goes onto central's list too.</summary>
    private async Task SeeToCentralAsync(CentralSeat seat, CancellationToken cancel)
    {
        bus.View.Show(seat);
        if (seat != CentralSeat.Terminal)
            return;
        var store = await bus.OpeningStore.WhenOpenAsync(cancel);
        await store.HandOverAsync(SessionId.Gateway, cancel);
    }

    /// <summary>Sessions that were there and have been missing for the whole grace.</summary>
    private List<SessionId> Gone(SeenOnRedis seen)
    {
        var gone = new List<SessionId>();
        foreach (var session in registry.Members.Where(s => !s.IsGateway))
        {
            if (seen.Live.Contains(session))
                _missingSince.Remove(session);
            else if (!_missingSince.TryGetValue(session, out var since))
                _missingSince[session] = time.GetTimestamp();
            else if (time.GetElapsedTime(since) >= Grace)
                gone.Add(session);
        }
        gone.ForEach(session => _missingSince.Remove(session));
        return gone;
    }
}
