using Bellhop.Diagnostics.Views;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Diagnostics;

public sealed class EventDtoTests
{
    [Theory]
    [InlineData("""{"type":"x","\ud800\ud800\ud800":1}""", null)]
    [InlineData("""{"type":"x","payload":{"\ud800":2},"\ud800\ud800\ud800":1}""", """{"\ud800":2}""")]
    public void From_NameOfHalfACharacter_ShowsThePayload(string body, string? payload)
    {
        var shown = EventDto.From(Make.Event(new ManualTime(), body: body));

        shown.Payload?.GetRawText().ShouldBe(payload);
        shown.Unreadable.ShouldBeNull();
    }
}
