using System.Text;
using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Events;

public sealed class EventReaderTests
{
    private readonly ManualTime _time = new();
    private readonly EventReader _reader;

    public EventReaderTests() => _reader = new EventReader(_time, new UlidFactory(_time));

    [Fact]
    public void Read_TheStrictShape_KeepsEveryField()
    {
        const string body =
            """{ "id": "3f0c5a2e-8d1b-4c6f-9a7e-112233445566", "type": "loop.complete", "source": "inngest/agent-loop", "payload": {}, "ts": 1771372800000 }""";
        var e = Take(body);
        e.Id.ShouldBe("3f0c5a2e-8d1b-4c6f-9a7e-112233445566");
        e.Type.ShouldBe("loop.complete");
        e.Source.ShouldBe("inngest/agent-loop");
        e.OccurredAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1771372800000));
        e.ArrivedAt.ShouldBe(_time.GetUtcNow());
        e.Key.Time.ShouldBe(_time.GetUtcNow());
        e.Origin.ShouldBeNull();
        e.Kind.ShouldBe(EventKind.Machine);
        e.DedupeWindow.ShouldBe(DedupeWindows.Unique);
        Encoding.UTF8.GetString(e.Body.Span).ShouldBe(body);
    }

    [Fact]
    public void Read_TheArticlesShape_TakesFnAndOrigin()
    {
        var e = Take(
            """{"type":"progress","fn":"media-download","message":"half","origin":"pid-42","ts":1771372800000}"""
        );
        e.Source.ShouldBe("media-download");
        e.Origin!.Value.Value.ShouldBe("pid-42");
        e.Id.ShouldBe(e.Key.ToString());
        e.DedupeWindow.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Read_TheSeedsCheck_CountsForAMinuteOnly()
    {
        var e = Take("""{"id":"test","type":"test","source":"manual","payload":{},"ts":0}""");
        e.Id.ShouldBe("test");
        e.OccurredAt.ShouldBeNull();
        e.DedupeWindow.ShouldBe(DedupeWindows.Untimed);
    }

    [Theory]
    [InlineData("""{"type":"t"}""", "unknown")]
    [InlineData("""{"type":"t","source":""}""", "unknown")]
    [InlineData("""{"type":"t","source":null,"fn":"f"}""", "f")]
    [InlineData("""{"type":"t","source":"","fn":"f"}""", "f")]
    [InlineData("""{"type":"t","source":"s","fn":"f"}""", "s")]
    [InlineData("""{"type":"t","source":7}""", "7")]
    [InlineData("""{"type":"t","source":{},"fn":"f"}""", "f")]
    public void Read_Source_FallsBackToFnThenToTheDoor(string body, string source) =>
        Take(body).Source.ShouldBe(source);

    [Theory]
    [InlineData("""{"type":"t","id":17}""", "17")]
    [InlineData("""{"type":"t","id":true}""", "true")]
    [InlineData("""{"type":"t","id":" x "}""", " x ")]
    [InlineData("""{"type":"t","id":"a","id":"b"}""", "b")]
    public void Read_Id_IsTakenByItsText(string body, string id) => Take(body).Id.ShouldBe(id);

    [Theory]
    [InlineData("""{"type":"t"}""")]
    [InlineData("""{"type":"t","id":""}""")]
    [InlineData("""{"type":"t","id":null}""")]
    [InlineData("""{"type":"t","id":[]}""")]
    public void Read_NoId_IsNeverADuplicate(string body)
    {
        var (one, two) = (Take(body), Take(body));
        one.Id.ShouldBe(one.Key.ToString());
        two.Id.ShouldNotBe(one.Id);
        one.DedupeWindow.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("1771372800000", 1771372800000)]
    [InlineData("1771372800", 1771372800000)]
    [InlineData("1771372800.5", 1771372800500)]
    [InlineData("\"1771372800\"", 1771372800000)]
    [InlineData("1.7713728e12", 1771372800000)]
    [InlineData("\"2026-02-18T00:00:00Z\"", 1771372800000)]
    [InlineData("\"2026-02-18T01:00:00+01:00\"", 1771372800000)]
    [InlineData("\"2026-02-18T00:00:00\"", 1771372800000)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("1e300", null)]
    [InlineData("1e999", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"soon\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("{}", null)]
    [InlineData("\"\\ud800\"", null)]
    public void Read_Ts_IsMillisecondsSecondsOrNothing(string ts, long? milliseconds) =>
        (Take($"{{\"type\":\"t\",\"ts\":{ts}}}").OccurredAt?.ToUnixTimeMilliseconds()).ShouldBe(milliseconds);

    [Theory]
    [InlineData(
        """{"type":"t","originSession":"pid-1","origin":"pid-2","payload":{"originSession":"pid-3"}}""",
        "pid-1"
    )]
    [InlineData("""{"type":"t","origin":"pid-2","payload":{"originSession":"pid-3"}}""", "pid-2")]
    [InlineData("""{"type":"t","payload":{"originSession":"pid-3"}}""", "pid-3")]
    [InlineData("""{"type":"t","originSession":"main"}""", "gateway")]
    [InlineData("""{"type":"t","originSession":"telegram:123"}""", null)]
    [InlineData("""{"type":"t","originSession":"no such"}""", null)]
    [InlineData("""{"type":"t","originSession":"\ud800","origin":"pid-2"}""", "pid-2")]
    [InlineData("""{"type":"t","payload":{"\ud800\ud800\ud800":1,"originSession":"pid-3"}}""", "pid-3")]
    [InlineData("""{"type":"t","payload":[{"originSession":"pid-3"}]}""", null)]
    public void Read_Origin_IsFoundInThreePlaces(string body, string? origin) =>
        (Take(body).Origin?.Value).ShouldBe(origin);

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":\"\\ud800\"}")]
    [InlineData("\"\\u0000\"")]
    public void Read_AnyPayload_IsTaken(string payload) =>
        Take($"{{\"type\":\"t\",\"payload\":{payload}}}").ShouldNotBeNull();

    [Theory]
    [InlineData("""{"\ud800_long_name":1,"type":"t"}""")]
    [InlineData("""{"type":"t","\ud800_long_name":1}""")]
    [InlineData("""{"\u0074ype":"t"}""")]
    [InlineData("{\"type\":\"t\",\"\":1}")]
    public void Read_OddNames_DoNotHideTheType(string body) => Take(body).Type.ShouldBe("t");

    [Theory]
    [InlineData("cron.heartbeat")]
    [InlineData("media/received")]
    [InlineData("bell \ud83d\udd14")]
    public void Read_Type_IsKeptAsItIs(string type) => Take($"{{\"type\":\"{type}\"}}").Type.ShouldBe(type);

    [Theory]
    [InlineData("", "BH-4000", null)]
    [InlineData("{", "BH-4000", null)]
    [InlineData("{\"type\":\"t\",}", "BH-4000", null)]
    [InlineData("{'type':'t'}", "BH-4000", null)]
    [InlineData("{\"type\":\"t\"}{}", "BH-4000", null)]
    [InlineData("{\"type\":\"t\"} // note", "BH-4000", null)]
    [InlineData("{\"type\":\"a\0b\"}", "BH-4000", null)]
    [InlineData("[]", "BH-4004", null)]
    [InlineData("1", "BH-4004", null)]
    [InlineData("true", "BH-4004", null)]
    [InlineData("{}", "BH-4001", "type")]
    [InlineData("{\"type\":\"\"}", "BH-4001", "type")]
    [InlineData("{\"type\":null}", "BH-4001", "type")]
    [InlineData("{\"type\":[\"t\"]}", "BH-4001", "type")]
    [InlineData("{\"Type\":\"t\"}", "BH-4001", "type")]
    [InlineData("{\"type\":\"a\\u0000b\"}", "BH-4005", "type")]
    [InlineData("{\"type\":\"t\",\"source\":\"\\u0000\"}", "BH-4005", "source")]
    [InlineData("{\"type\":\"t\",\"fn\":\"\\udfff\"}", "BH-4005", "fn")]
    [InlineData("{\"type\":\"t\",\"id\":\"\\ud800x\"}", "BH-4005", "id")]
    public void Read_NoEvent_SaysWhy(string body, string code, string? field)
    {
        var fault = Refuse(Encoding.UTF8.GetBytes(body));
        fault.Code.ShouldBe(code, fault.Message);
        fault.Field.ShouldBe(field);
        fault.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("type")]
    [InlineData("source")]
    [InlineData("id")]
    public void Read_NameOf257Characters_IsTooLong(string field)
    {
        string Body(int length) =>
            field == "type"
                ? $"{{\"type\":\"{new string('x', length)}\"}}"
                : $"{{\"type\":\"t\",\"{field}\":\"{new string('x', length)}\"}}";
        Take(Body(EventLimits.MaxNameLength)).ShouldNotBeNull();
        var fault = Refuse(Encoding.UTF8.GetBytes(Body(EventLimits.MaxNameLength + 1)));
        fault.Code.ShouldBe("BH-4001");
        fault.Field.ShouldBe(field);
    }

    [Fact]
    public void Read_64Levels_IsTheDeepest()
    {
        string Body(int levels) =>
            $"{{\"type\":\"t\",\"payload\":{new string('[', levels - 1)}{new string(']', levels - 1)}}}";
        Take(Body(EventLimits.MaxDepth)).ShouldNotBeNull();
        Refuse(Encoding.UTF8.GetBytes(Body(EventLimits.MaxDepth + 1))).Code.ShouldBe("BH-4002");
    }

    [Fact]
    public void Read_OneMebibyte_IsTheLargest()
    {
        const string frame = "{\"type\":\"t\",\"payload\":\"\"}";
        var full = frame.Insert(frame.Length - 2, new string('x', EventLimits.MaxBytes - frame.Length));
        Take(full).Body.Length.ShouldBe(EventLimits.MaxBytes);
        Refuse(Encoding.UTF8.GetBytes(full + " ")).Code.ShouldBe("BH-4131");
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    public void Read_InvalidUtf8_IsRefused(byte[] wrong) =>
        Refuse([.. "{\"type\":\"t\",\"payload\":\""u8, .. wrong, .. "\"}"u8]).Code.ShouldBe("BH-4003");

    [Fact]
    public void Read_Defaults_AreTheDoors()
    {
        var defaults = new EventDefaults
        {
            Source = "telegram",
            Kind = EventKind.Person,
            ReplyTo = "telegram:1",
            TrustedId = true,
        };
        var e = _reader.Read("""{"type":"t","id":"1"}"""u8.ToArray(), defaults).Event!;
        e.Source.ShouldBe("telegram");
        e.Kind.ShouldBe(EventKind.Person);
        e.ReplyTo.ShouldBe("telegram:1");
        e.DedupeWindow.ShouldBe(DedupeWindows.Unique);
    }

    [Fact]
    public void Unreadable_AnyBytes_KeepsThem()
    {
        var e = _reader.Unreadable(new byte[] { 0, 255 }, new EventDefaults { Source = "resp" });
        e.Type.ShouldBe("unreadable");
        e.Source.ShouldBe("resp");
        e.Id.ShouldBe(e.Key.ToString());
        e.Body.ToArray().ShouldBe([0, 255]);
        e.DedupeWindow.ShouldBe(TimeSpan.Zero);
    }

    private Event Take(string body)
    {
        var result = _reader.Read(Encoding.UTF8.GetBytes(body), new EventDefaults());
        result.Fault.ShouldBeNull();
        return result.Event.ShouldNotBeNull();
    }

    private ReadFault Refuse(byte[] body)
    {
        var result = _reader.Read(body, new EventDefaults());
        result.Event.ShouldBeNull();
        return result.Fault.ShouldNotBeNull();
    }
}
