using System.Text;
using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Tests.Events;

public sealed class LooseJsonTests
{
    [Theory]
    [InlineData("""{"a":"b","\ud800\ud800\ud800":1}""", "b")]
    [InlineData("""{"\ud800":1,"a":"b"}""", "b")]
    [InlineData("""{"a":"x","\ud800":1,"a":"b"}""", "b")]
    [InlineData("""{"\ud800":1}""", null)]
    [InlineData("""{"a":"\ud800"}""", null)]
    [InlineData("""{"a":7}""", null)]
    [InlineData("[]", null)]
    public void Text_WhateverStandsBesideIt_IsFoundOrNull(string json, string? text)
    {
        using var document = JsonDocument.Parse(json);
        LooseJson.Text(document.RootElement, "a").ShouldBe(text);
    }

    [Fact]
    public void TryText_BytesThatAreNoUtf8_IsFalse()
    {
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes("{\"a\":\"\u00ff\u00fe\"}"));
        LooseJson.TryText(LooseJson.Find(document.RootElement, "a"), out _).ShouldBeFalse();
    }
}
