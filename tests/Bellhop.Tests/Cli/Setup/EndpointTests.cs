using Bellhop.Cli.Setup;

namespace Bellhop.Tests.Cli.Setup;

public class EndpointTests
{
    [Theory]
    [InlineData("127.0.0.1:3018", "127.0.0.1:3018", true)]
    [InlineData("localhost:0", "127.0.0.1:0", true)]
    [InlineData("[::1]:80", "[::1]:80", true)]
    [InlineData("0.0.0.0:6379", "0.0.0.0:6379", false)]
    public void Parse_AddressAndPort_IsRead(string text, string shown, bool loopback)
    {
        var endpoint = Endpoint.Parse(text).ShouldNotBeNull();
        endpoint.ToString().ShouldBe(shown);
        endpoint.IsLoopback.ShouldBe(loopback);
    }

    [Theory]
    [InlineData("3018")]
    [InlineData(":3018")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.1:80")]
    [InlineData("::1:80")]
    [InlineData("example.net:80")]
    public void Parse_AnythingElse_IsRefused(string text)
    {
        Endpoint.Parse(text).ShouldBeNull();
    }
}
