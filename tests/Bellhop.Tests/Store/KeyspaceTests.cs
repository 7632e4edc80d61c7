using System.Text;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

public sealed class KeyspaceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private SqliteEventStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task String_SetAndGet_KeepsBytesAndReplacesAnyKind()
    {
        await Run(k => k.Push("k", head: true, "x"u8));
        await Run(k => k.SetString("k", [0, 255, 10]));
        (await Ask(k => k.GetString("k"))).ShouldBe([0, 255, 10]);
        (await Ask(k => k.Kind("k"))).ShouldBe(KeyKind.String);
        await Run(k => k.SetString("k", []));
        (await Ask(k => k.GetString("k"))).ShouldBe([]);
        (await Ask(k => k.GetString("none"))).ShouldBeNull();
    }

    [Fact]
    public async Task List_PushPopRange_IsRedis()
    {
        (await Ask(k => k.Push("l", head: false, "b"u8))).ShouldBe(1);
        (await Ask(k => k.Push("l", head: false, "c"u8))).ShouldBe(2);
        (await Ask(k => k.Push("l", head: true, "a"u8))).ShouldBe(3);
        (await Texts(k => k.Range("l", 0, -1))).ShouldBe(["a", "b", "c"]);
        (await Texts(k => k.Range("l", -2, 100))).ShouldBe(["b", "c"]);
        (await Texts(k => k.Range("l", 2, 1))).ShouldBe([]);
        (await Texts(k => k.Range("l", -100, 0))).ShouldBe(["a"]);
        (await Ask(k => k.Pop("l", head: true))).ShouldBe("a"u8.ToArray());
        (await Ask(k => k.Pop("l", head: false))).ShouldBe("c"u8.ToArray());
        (await Ask(k => k.Length("l"))).ShouldBe(1);
        await Ask(k => k.Pop("l", head: false));
        (await Ask(k => k.Kind("l"))).ShouldBeNull();
        (await Ask(k => k.Pop("l", head: false))).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 3, "b,c")]
    [InlineData(2, 2, "b,c,a")]
    [InlineData(-2, 2, "a,b,c")]
    [InlineData(-1, 1, "a,b,a,c")]
    public async Task RemoveFromList_IsLrem(long count, long removed, string left)
    {
        foreach (var text in (string[])["a", "b", "a", "c", "a"])
            await Run(k => k.Push("l", head: false, Encoding.UTF8.GetBytes(text)));
        (await Ask(k => k.RemoveFromList("l", count, "a"u8))).ShouldBe(removed);
        string.Join(',', await Texts(k => k.Range("l", 0, -1))).ShouldBe(left);
        (await Ask(k => k.Length("l"))).ShouldBe(5 - removed);
        (await Ask(k => k.RemoveFromList("none", 0, "a"u8))).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 2, "b,c")]
    [InlineData(0, -1, "a,b,c,d")]
    [InlineData(-1, -1, "d")]
    [InlineData(5, 9, "")]
    public async Task Trim_IsLtrim(long start, long stop, string left)
    {
        foreach (var text in (string[])["a", "b", "c", "d"])
            await Run(k => k.Push("l", head: false, Encoding.UTF8.GetBytes(text)));
        await Run(k => k.Trim("l", start, stop));
        string.Join(',', await Texts(k => k.Range("l", 0, -1))).ShouldBe(left);
    }

    [Fact]
    public async Task Set_AddRemoveMembers_CountsOnce()
    {
        (await Ask(k => k.Add("s", "a"u8))).ShouldBeTrue();
        (await Ask(k => k.Add("s", "a"u8))).ShouldBeFalse();
        (await Ask(k => k.Add("s", "b"u8))).ShouldBeTrue();
        (await Texts(k => k.Members("s"))).ShouldBe(["a", "b"], ignoreOrder: true);
        (await Ask(k => k.Contains("s", "b"u8))).ShouldBeTrue();
        (await Ask(k => k.Remove("s", "x"u8))).ShouldBeFalse();
        (await Ask(k => k.Remove("s", "a"u8) & k.Remove("s", "b"u8))).ShouldBeTrue();
        (await Ask(k => k.Kind("s"))).ShouldBeNull();
    }

    [Fact]
    public async Task WrongKind_ChangesNothing()
    {
        await Run(k => k.SetString("k", "v"u8));
        await Should.ThrowAsync<WrongKindException>(Ask(k => k.Push("k", head: true, "x"u8)));
        await Should.ThrowAsync<WrongKindException>(Ask(k => k.Add("k", "x"u8)));
        await Should.ThrowAsync<WrongKindException>(Ask(k => k.Length("k")));
        (await Ask(k => k.GetString("k"))).ShouldBe("v"u8.ToArray());
    }

    [Fact]
    public async Task Run_ThatThrowsHalfway_IsUndoneAndItsNeighboursAreNot()
    {
        var before = Run(k => k.SetString("before", "1"u8));
        var broken = Ask<int>(k =>
        {
            k.SetString("broken", "1"u8);
            throw new InvalidOperationException("halfway");
        });
        var after = Run(k => k.SetString("after", "1"u8));
        await Should.ThrowAsync<InvalidOperationException>(broken);
        await Task.WhenAll(before, after);
        (await Ask(k => (k.Kind("before"), k.Kind("broken"), k.Kind("after")))).ShouldBe(
            (KeyKind.String, null, KeyKind.String)
        );
    }

    [Fact]
    public async Task Expire_Passed_KeyIsGoneWithItsElements()
    {
        await Run(k => k.Push("l", head: true, "x"u8));
        var at = _time.GetUtcNow().AddSeconds(15);
        (await Ask(k => k.Expire("l", at))).ShouldBeTrue();
        (await Ask(k => k.ExpiresAt("l"))).ShouldBe(at);
        _time.Advance(TimeSpan.FromSeconds(14));
        (await Ask(k => k.Length("l"))).ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await Ask(k => (k.Kind("l"), k.Length("l"), k.ExpiresAt("l")))).ShouldBe((null, 0, null));
        (await Ask(k => k.Push("l", head: true, "y"u8))).ShouldBe(1);
        (await Ask(k => k.Expire("none", at))).ShouldBeFalse();
    }

    [Fact]
    public async Task Expire_NullOrSet_ClearsIt()
    {
        await Run(k => k.SetString("a", "1"u8));
        await Run(k => k.SetString("b", "1"u8));
        var at = _time.GetUtcNow().AddSeconds(1);
        await Run(k => k.Expire("a", at));
        await Run(k => k.Expire("b", at));
        await Run(k => k.Expire("a", null));
        await Run(k => k.SetString("b", "2"u8));
        _time.Advance(TimeSpan.FromSeconds(2));
        (await Ask(k => (k.Kind("a"), k.Kind("b")))).ShouldBe((KeyKind.String, KeyKind.String));
    }

    [Fact]
    public async Task Keys_SurviveReopening()
    {
        await Run(k => k.Push("l", head: true, "x"u8));
        await Run(k => k.Add("s", "m"u8));
        await _store.DisposeAsync();
        _store = await OpenAsync();
        (await Texts(k => k.Range("l", 0, -1))).ShouldBe(["x"]);
        (await Ask(k => k.Contains("s", "m"u8))).ShouldBeTrue();
    }

    private Task<SqliteEventStore> OpenAsync() =>
        SqliteEventStore.OpenAsync(
            new SqliteStoreOptions { Path = _folder.File("state.db") },
            _time,
            new UlidFactory(_time),
            NullLogger<SqliteEventStore>.Instance
        );

    private Task<T> Ask<T>(Func<IKeyspaceTransaction, T> work) => _store.Keyspace.RunAsync(work, Cancel);

    private Task<int> Run(Action<IKeyspaceTransaction> work) =>
        Ask(k =>
        {
            work(k);
            return 0;
        });

    private async Task<string[]> Texts(Func<IKeyspaceTransaction, IReadOnlyList<byte[]>> work) =>
        [.. (await Ask(work)).Select(Encoding.UTF8.GetString)];
}
