using System.Net;
using System.Text.Json;

namespace Bellhop.Tests.Http;

/// <summary>Reads answers as a script would: by their JSON, not by our types.</summary>
internal static class JsonAnswers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonElement.Parse(
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
            new JsonDocumentOptions { MaxDepth = 80 }
        );

    public static async Task ShouldRefuseAsync(
        this Task<HttpResponseMessage> call,
        HttpStatusCode status,
        string code,
        string? field = null
    )
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var error = JsonElement.Parse(text).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(code, text);
        error.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        (error.TryGetProperty("field", out var f) ? f.GetString() : null).ShouldBe(field, text);
    }
}
