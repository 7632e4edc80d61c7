using Bellhop.Redis.Client;

namespace Bellhop.Tests.Client;

public sealed class RedisEndpointTests
{
    [Theory]
    [InlineData("redis://localhost", "redis://localhost:6379/0", null)]
    [InlineData("redis://10.0.0.1:7000/3", "redis://10.0.0.1:7000/3", null)]
    [InlineData("redis://:s%40cret@host", "redis://host:6379/0", "s@cret")]
    [InlineData("redis://secret@host", "redis://host:6379/0", "secret")]
    [InlineData("rediss://ann:p:w@host:1/0", "rediss://ann@host:1/0", "p:w")]
    [InlineData("redis://[::1]:6380", "redis://[::1]:6380/0", null)]
    [InlineData("redis+sentinel://:x@a,b:1/mymaster", "redis+sentinel://a:26379,b:1/mymaster/0", "x")]
    [InlineData("rediss+sentinel://a/mymaster/2", "rediss+sentinel://a:26379/mymaster/2", null)]
    public void Parse_WhatPeopleWrite_IsRead(string url, string shown, string? password)
    {
        var endpoint = RedisEndpoint.Parse(url);

        endpoint.ToString().ShouldBe(shown);
        endpoint.Password?.Reveal().ShouldBe(password);
    }

    [Theory]
    [InlineData("localhost:6379", "redis://")]
    [InlineData("http://secret@localhost", "redis://")]
    [InlineData("redis://", "a host")]
    [InlineData("redis://secret@", "a host")]
    [InlineData("redis://secret@host:99999", "port")]
    [InlineData("redis://secret@host/zero", "database")]
    [InlineData("redis://secret@host/0/1", "too many parts")]
    [InlineData("redis+sentinel://secret@host", "service")]
    [InlineData("redis://secret@host?db=1", "'?'")]
    public void TryParse_WhatIsNone_SaysWhyWithoutRepeatingIt(string url, string words)
    {
        RedisEndpoint.TryParse(url, out _, out var problem).ShouldBeFalse();

        problem.ShouldContain(words);
        problem.ShouldNotContain("secret");
    }
}
