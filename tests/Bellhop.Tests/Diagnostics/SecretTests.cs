using System.Text.Json;
using Bellhop.Diagnostics;

namespace Bellhop.Tests.Diagnostics;

public sealed class SecretTests
{
    [Fact]
    public void Secret_WhereverItIsPrinted_ShowsStars()
    {
        var secret = new Secret("hunter2");
        $"{secret}".ShouldBe("***");
        JsonSerializer.Serialize(secret).ShouldNotContain("hunter2");
        secret.Reveal().ShouldBe("hunter2");
    }

    [Theory]
    [InlineData("hunter2", true)]
    [InlineData("hunter", false)]
    [InlineData("hunter22", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Matches_OnlyTheSame(string? candidate, bool same) =>
        new Secret("hunter2").Matches(candidate).ShouldBe(same);

    [Fact]
    public void Matches_EmptySecret_Never() => new Secret("").Matches("").ShouldBeFalse();
}
