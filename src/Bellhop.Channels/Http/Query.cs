using System.Globalization;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bellhop.Channels.Http;

/// <summary>Reads what stands in the URL. Each method is false, with the reason, for what cannot be read.</summary>
internal sealed class Query(HttpContext context)
{
    private const string EventsPath = "/v1/events/";
    private const string SessionsPath = "/v1/sessions/";
    private const string PermissionsPath = "/v1/permissions/";

    /// <summary>Why the last read failed.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>
    /// The id in <c>/v1/events/{id}</c>, decoded once. Taken from the request line: the server leaves %2F alone in its
    /// path but decodes %25, so that the two could not be told apart any more.
    /// </summary>
    public string Id => After(EventsPath);

    /// <summary>The id in <c>/v1/sessions/{id}</c>, in the same way.</summary>
    public string SessionName => After(SessionsPath);

    /// <summary>The id in <c>/v1/permissions/{id}</c>, in the same way.</summary>
    public string PermissionId => After(PermissionsPath);

    public bool TryFlag(string name, bool unset, out bool flag)
    {
        flag = unset;
        return Text(name) is not { } text || (bool.TryParse(text, out flag) || Wrong(name, "true or false"));
    }

    public bool TryNumber(string name, long min, long max, out long? number)
    {
        number = null;
        if (Text(name) is not { } text)
            return true;
        if (
            !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value < min
            || value > max
        )
            return Wrong(name, $"a whole number from {min} to {max}");
        number = value;
        return true;
    }

    public bool TrySession(out SessionId? session)
    {
        session = null;
        if (Text("session") is not { } text)
            return true;
        if (!SessionId.TryParse(text, out var id))
            return Wrong("session", "a session id");
        session = id;
        return true;
    }

    public bool TryState(out DeliveryState? state)
    {
        state = Text("state") is { } text ? DeliveryTransitions.ParseWord(text) : null;
        return state is not null
            || Text("state") is null
            || Wrong("state", "accepted, queued, injecting, injected, completed, dead or dropped");
    }

    /// <summary>A duration such as <c>500ms</c>, <c>30s</c>, <c>2m</c>; longer than allowed counts as the longest.</summary>
    public bool TryDuration(string name, TimeSpan max, out TimeSpan? duration)
    {
        duration = null;
        if (Text(name) is not { } text)
            return true;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        double? unit = text[digits..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        if (unit is null || !long.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var count))
            return Wrong(name, "a duration such as 30s or 2m");
        duration = TimeSpan.FromMilliseconds(Math.Min(count * unit.Value, max.TotalMilliseconds));
        return true;
    }

    private string? Text(string name) => context.Request.Query[name] is { Count: > 0 } values ? values[^1] : null;

    private bool Wrong(string name, string takes)
    {
        Fault = $"'{name}' takes {takes}.";
        return false;
    }

    private string After(string path)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        var start = target.IndexOf(path, StringComparison.OrdinalIgnoreCase) + path.Length;
        return Uri.UnescapeDataString(target[start..].Split('/')[0]);
    }
}
