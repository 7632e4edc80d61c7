using System.Net;
using Bellhop.Channels.Http;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Security;

/// <summary>
/// What every request passes before anything else: Host, Origin, budget, token; its body is not read before. It stands
/// before routing and knows paths only, so an endpoint is closed unless it is named here.
/// </summary>
internal sealed class RequestGate(HttpChannelOptions options, HostNames hosts, TokenFile token, WrongTokenBudget budget)
{
    /// <summary>Open to probes from this machine, by GET.</summary>
    public static readonly IReadOnlyList<string> OpenOnLoopback = ["/livez", "/readyz", "/metrics"];

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        // A browser cannot reach the socket, and whoever can has the owner's rights.
        if (LocalSocket.Carries(context))
            return next(context);
        if (!hosts.Allow(context.Request.Host, context.Connection.LocalIpAddress))
            return RefuseAsync(context, Errors.Forbidden);
        if (!RequestOrigin.Allow(context.Request, options))
            return RefuseAsync(context, Errors.Forbidden);
        if (IsOpen(context) || token.Accepts(BearerToken(context.Request)))
            return next(context);
        if (budget.Spend(context.Connection.RemoteIpAddress))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, Errors.Unauthorized);
        }
        context.Response.Headers.RetryAfter = "60";
        return RefuseAsync(context, Errors.TooManyWrongTokens);
    }

    private static bool IsOpen(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && OpenOnLoopback.Contains(context.Request.Path.Value ?? "")
        && context.Connection.RemoteIpAddress is { } remote
        && IPAddress.IsLoopback(Addresses.Canonical(remote));

    private static string? BearerToken(HttpRequest request)
    {
        const string scheme = "Bearer ";
        return
            request.Headers.Authorization is { Count: 1 } header
            && header[0]!.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header[0]![scheme.Length..].Trim()
            : null;
    }

    private static Task RefuseAsync(HttpContext context, KnownError error)
    {
        // The rest of the request stays unread, so the connection cannot be used again.
        context.Response.Headers.Connection = "close";
        return context.RefuseAsync(error);
    }
}
