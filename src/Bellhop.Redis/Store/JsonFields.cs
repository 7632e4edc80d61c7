using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Redis.Store;

/// <summary>Reads fields of the JSON that scripts keep and answer. What is missing is null or zero.</summary>
internal static class JsonFields
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static string? MaybeText(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static long Number(this JsonElement json, string name) => json.MaybeNumber(name) ?? 0;

    public static long? MaybeNumber(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? (long)value.GetDouble() : null;

    public static DateTimeOffset? MaybeTime(this JsonElement json, string name) =>
        json.MaybeNumber(name) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    public static Ulid? MaybeUlid(this JsonElement json, string name) =>
        json.MaybeText(name) is { } text ? Ulid.Parse(text) : null;
}
