using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Listener;

public sealed class PubSubTests
{
    [Theory]
    [InlineData("main")]
    [InlineData("central")]
    [InlineData("gateway")]
    public async Task Append_FromAnyDoor_IsPublishedOnEveryNameOfCentral(string alias)
    {
        await using var fixture = await RespFixture.StartAsync();
        var subscriber = fixture.Connect();
        await subscriber.AskAsync("SUBSCRIBE", "agent:notify:" + alias);

        var read = fixture.Reader.Read("{\"type\":\"a.b\",\"ts\":1}"u8.ToArray(), new EventDefaults());
        await fixture.Inbox.AcceptAsync([(read.Event!, null)], null, TestContext.Current.CancellationToken);

        (await subscriber.ReadAsync()).ShouldBe($"[\"message\", \"agent:notify:{alias}\", \"{{\"type\":\"a.b\"}}\"]");
    }

    [Fact]
    public async Task Append_PatternSubscriber_HearsItOnce()
    {
        await using var fixture = await RespFixture.StartAsync();
        var subscriber = fixture.Connect();
        await subscriber.AskAsync("PSUBSCRIBE", "agent:notify:*");
        var producer = fixture.Connect();
        await producer.AskAsync("LPUSH", "agent:events:main", "{\"type\":\"one\"}");
        await producer.AskAsync("LPUSH", "agent:events:main", "{\"type\":\"two\"}");

        (await subscriber.ReadAsync()).ShouldContain("one");
        (await subscriber.ReadAsync()).ShouldContain("two");
    }

    [Fact]
    public async Task Subscribe_NotifyOfASession_MakesItKnownAndNoMember()
    {
        await using var fixture = await RespFixture.StartAsync();
        var session = SessionId.Parse("pid-9");

        await fixture.Connect().AskAsync("SUBSCRIBE", "agent:notify:pid-9");

        fixture.Sessions.IsKnown(session).ShouldBeTrue();
        fixture.Sessions.IsMember(session).ShouldBeFalse();
    }

    [Fact]
    public async Task SlowSubscriber_IsDisconnectedAndCounted()
    {
        await using var fixture = await RespFixture.StartAsync();
        var slow = fixture.Connect();
        await slow.AskAsync("SUBSCRIBE", "c");
        var producer = fixture.Connect();
        var body = new string('x', 512 * 1024);

        for (var sent = 0L; sent <= ListenerLimits.MaxUnsentPushBytes + 4 * body.Length; sent += body.Length)
            await producer.AskAsync("PUBLISH", "c", body);

        fixture.Statistics.SlowSubscribers.ShouldBe(1);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("h?llo", "hello", true)]
    [InlineData("h?llo", "hllo", false)]
    [InlineData("h[^e]llo", "hello", false)]
    [InlineData("h[a-f]llo", "hello", true)]
    [InlineData("a*b*c", "axxbxxbc", true)]
    [InlineData("a*b*c", "axxbxxb", false)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("[abc", "a", true)]
    public void GlobPattern_Matches_AsRedisDoes(string pattern, string text, bool expected) =>
        GlobPattern.Matches(pattern, text).ShouldBe(expected);

    [Fact]
    public void GlobPattern_ManyStars_IsNotSlow() =>
        GlobPattern.Matches(string.Concat(Enumerable.Repeat("a*", 500)) + "b", new string('a', 20_000)).ShouldBeFalse();

    [Fact]
    public async Task Publish_BinaryBody_ArrivesAsItIs()
    {
        await using var fixture = await RespFixture.StartAsync();
        var subscriber = fixture.Connect();
        await subscriber.AskAsync("SUBSCRIBE", "c");

        await fixture
            .Connect()
            .SendRawAsync(Encoding.Latin1.GetBytes("*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$3\r\n\0\r\n\r\n"));

        (await subscriber.ReadAsync()).ShouldBe("[\"message\", \"c\", \"\0\r\n\"]");
    }
}
