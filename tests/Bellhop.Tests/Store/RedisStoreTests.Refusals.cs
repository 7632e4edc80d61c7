using System.Net.Sockets;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

// A server that is there and refuses for a while.
public sealed partial class RedisStoreTests
{
    [Theory]
    [InlineData("NOREPLICAS", "replicas")]
    [InlineData("BUSY", "busy")]
    public async Task PassingRefusal_OfWhatALaneDoes_IsSaidAndWaitedOut(string code, string words)
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        Task waiting;
        await using (await RefusingAsync(code))
        {
            waiting = store.InjectedAsync(lease.Turn, true, null, Cancel);
            await Time.SomebodySleepsAsync().WaitAsync(Patience, Cancel);
            waiting.IsCompleted.ShouldBeFalse();
            _refusals.ShouldHaveSingleItem().ShouldNotBeNull().ShouldContain(words);
        }

        Time.Advance(TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(Patience, Cancel);
        _refusals[^1].ShouldBeNull("nothing waits any more");
    }

    [Fact]
    public async Task Close_WhileALanesCallIsRefused_EndsIt()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await using var _ = await RefusingAsync("NOREPLICAS");
        var waiting = store.InjectedAsync(lease.Turn, true, null, CancellationToken.None);
        await Time.SomebodySleepsAsync().WaitAsync(Patience, Cancel);

        await store.DisposeAsync();

        (await Should.ThrowAsync<StoreException>(waiting)).Message.ShouldContain("closed");
    }

    [Theory]
    [InlineData("NOPERM No permissions to access a key", true)]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", true)]
    [InlineData("NOPERM No permissions to access a channel script: 5908f6, on @user_script:2.", false)]
    [InlineData("ERR unknown command 'EVALSHA'", false)]
    public void IsPassing_OnlyWhereNothingWasDone(string line, bool isPassing) =>
        StoreErrors.IsPassing(new RedisErrorException(line)).ShouldBe(isPassing);

    /// <summary>Lets the server refuse scripts until the end.</summary>
    private async Task<IAsyncDisposable> RefusingAsync(string code)
    {
        if (code == "BUSY")
            return await BusyAsync();
        await Server.CallAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        return new Refusing(() => Server.CallAsync("CONFIG", "SET", "min-replicas-to-write", 0));
    }

    private async Task<IAsyncDisposable> BusyAsync()
    {
        await Server.CallAsync("CONFIG", "SET", "busy-reply-threshold", 1);
        var hog = new TcpClient();
        await hog.ConnectAsync("127.0.0.1", Server.Port, Cancel);
        await hog.GetStream().WriteAsync("EVAL \"while true do end\" 0\r\n"u8.ToArray(), Cancel);
        while (!(await SayAsync("PING")).StartsWith("-BUSY", StringComparison.Ordinal))
            await Task.Yield();
        return new Refusing(async () =>
        {
            await SayAsync("SCRIPT KILL");
            (await hog.GetStream().ReadAsync(new byte[256], Cancel)).ShouldBeGreaterThan(0);
            hog.Dispose();
        });
    }

    private sealed class Refusing(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
