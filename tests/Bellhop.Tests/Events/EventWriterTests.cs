using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Events;

public sealed class EventWriterTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1771372800000);

    [Fact]
    public void Write_Everything_IsTheStrictShape()
    {
        var payload = JsonElement.Parse("""{"n": 12345678901234567890, "s":"\ud800"}""");
        Encoding
            .UTF8.GetString(EventWriter.Write("i", "t", "s", At, payload, "pid-1"))
            .ShouldBe(
                """{"id":"i","type":"t","source":"s","payload":{"n": 12345678901234567890, "s":"\ud800"},"ts":1771372800000,"originSession":"pid-1"}"""
            );
    }

    [Fact]
    public void Write_NoPayload_WritesAnEmptyOne() =>
        Encoding
            .UTF8.GetString(EventWriter.Write("i", "t", "s", At))
            .ShouldBe("""{"id":"i","type":"t","source":"s","payload":{},"ts":1771372800000}""");

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    public void Write_PayloadThatIsNoObject_IsRefused(string payload) =>
        Should.Throw<ArgumentException>(() => EventWriter.Write("i", "t", "s", At, JsonElement.Parse(payload)));

    [Theory]
    [InlineData("plain")]
    [InlineData("quote\" back\\ new\nline \u0001")]
    [InlineData("Grüße \ud83d\udd14")]
    public void Write_AnyName_IsReadBackTheSame(string name)
    {
        var time = new ManualTime();
        var bytes = EventWriter.Write(name, name, name, At, null, "pid-1");
        var e = new EventReader(time, new UlidFactory(time)).Read(bytes, new EventDefaults()).Event!;
        (e.Id, e.Type, e.Source).ShouldBe((name, name, name));
        e.OccurredAt.ShouldBe(At);
        e.Origin!.Value.Value.ShouldBe("pid-1");
    }
}
