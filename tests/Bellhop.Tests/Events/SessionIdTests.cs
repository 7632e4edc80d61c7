using Bellhop.Events;

namespace Bellhop.Tests.Events;

public sealed class SessionIdTests
{
    [Theory]
    [InlineData("gateway", "gateway")]
    [InlineData("main", "gateway")]
    [InlineData("central", "gateway")]
    [InlineData("pid-123", "pid-123")]
    [InlineData("box.local/pid-1", "box.local/pid-1")]
    [InlineData("Main", "Main")]
    public void TryParse_Session_ResolvesAliases(string text, string value)
    {
        SessionId.TryParse(text, out var id).ShouldBeTrue();
        id.Value.ShouldBe(value);
        id.IsGateway.ShouldBe(value == "gateway");
        id.ShouldBe(SessionId.Parse(value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b/c")]
    [InlineData("telegram:1")]
    [InlineData("pid-1\n")]
    [InlineData("p\u00efd")]
    [InlineData("a\0")]
    public void TryParse_NoSession_IsFalse(string? text)
    {
        SessionId.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => SessionId.Parse(text!));
    }

    [Fact]
    public void TryParse_128Characters_IsTheLongest()
    {
        SessionId.TryParse(new string('a', SessionId.MaxLength), out _).ShouldBeTrue();
        SessionId.TryParse(new string('a', SessionId.MaxLength + 1), out _).ShouldBeFalse();
    }

    [Fact]
    public void Default_IsTheCentralSession()
    {
        default(SessionId).Value.ShouldBe("gateway");
        default(SessionId).IsGateway.ShouldBeTrue();
        default(SessionId).ShouldBe(SessionId.Gateway);
        default(SessionId).GetHashCode().ShouldBe(SessionId.Gateway.GetHashCode());
    }
}
