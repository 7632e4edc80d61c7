using Bellhop.Channels.Security;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Bellhop.Permissions;
using Bellhop.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bellhop.Channels.Http;

/// <summary>Puts the HTTP door together.</summary>
public static class HttpChannel
{
    /// <summary>
    /// Registers the door and its checks, which then stand before everything else in the pipeline. The host registers
    /// the store, <see cref="Inbox"/>, the event reader, the id factory, the clock and the diagnostics.
    /// </summary>
    public static IServiceCollection AddBellhopHttp(this IServiceCollection services, HttpChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton<Intake>();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<Func<RoutingOptions>>(() => new RoutingOptions());
        services.TryAddSingleton<Holds>();
        services.TryAddSingleton<Explainer>();
        services.TryAddSingleton<PermissionRequests>();
        services.TryAddSingleton<TerminalHandover>();
        services.AddSingleton(options);
        services.AddSingleton<TokenFile>().AddSingleton<HostNames>().AddSingleton<WrongTokenBudget>();
        services.AddSingleton<RequestGate>().AddSingleton<RequestFaults>().AddSingleton<IStartupFilter, GateFirst>();
        services.AddSingleton<HttpAllowances>().AddSingleton<SettledWait>().AddSingleton<FollowStream>();
        services.AddSingleton<EventEndpoints>().AddSingleton<ReceiptEndpoints>().AddSingleton<StatusEndpoints>();
        services.AddSingleton<RoutingEndpoints>().AddSingleton<ConfigurationEndpoints>();
        services.AddSingleton<HandoverEndpoint>().AddSingleton<PermissionEndpoints>();
        services.AddSingleton<PrometheusText>();
        return services.AddHostedService<DeliveryMetrics>().AddHostedService<SocketPermission>();
    }

    /// <summary>Maps every path of the API.</summary>
    public static void MapBellhop(this IEndpointRouteBuilder routes)
    {
        // Counts from the start, not from the first look.
        routes.ServiceProvider.GetRequiredService<PrometheusText>();
        routes.MapPost("/v1/events", WhileReady(c => Of<EventEndpoints>(c).PostAsync(c)));
        routes.MapGet("/v1/events", OnceOpen(c => Of<ReceiptEndpoints>(c).ListAsync(c)));
        routes.MapGet("/v1/events/{id}", OnceOpen(c => Of<ReceiptEndpoints>(c).GetAsync(c)));
        routes.MapPost("/v1/events/{id}/replay", WhileReady(c => Of<ReceiptEndpoints>(c).ReplayAsync(c)));
        routes.MapPost("/v1/events/{id}/dismiss", WhileReady(c => Of<ReceiptEndpoints>(c).DismissAsync(c)));
        routes.MapPost("/v1/messages", WhileReady(c => Of<EventEndpoints>(c).PostMessageAsync(c)));
        routes.MapPost("/v1/explain", OnceOpen(c => Of<RoutingEndpoints>(c).ExplainAsync(c)));
        routes.MapPost("/v1/release", WhileReady(c => Of<RoutingEndpoints>(c).ReleaseAsync(c)));
        routes.MapGet("/v1/sessions", OnceOpen(c => Of<StatusEndpoints>(c).SessionsAsync(c)));
        routes.MapPost("/v1/sessions/{id}/handover", WhileReady(c => Of<HandoverEndpoint>(c).PostAsync(c)));
        routes.MapGet("/v1/permissions", OnceOpen(c => Of<PermissionEndpoints>(c).ListAsync(c)));
        routes.MapPost("/v1/permissions/{id}", WhileReady(c => Of<PermissionEndpoints>(c).AnswerAsync(c)));
        routes.MapGet("/v1/status", OnceOpen(c => Of<StatusEndpoints>(c).StatusAsync(c)));
        routes.MapPost("/v1/config/reload", OnceOpen(c => Of<ConfigurationEndpoints>(c).ReloadAsync(c)));
        routes.MapGet("/livez", (RequestDelegate)(c => PhaseAsync(c, StatusCodes.Status200OK)));
        routes.MapGet("/readyz", (RequestDelegate)(c => PhaseAsync(c, ReadyStatus(c))));
        routes.MapGet("/metrics", (RequestDelegate)(c => Of<StatusEndpoints>(c).MetricsAsync(c)));
    }

    /// <summary>Endpoints are made at their first request, so that a probe is answered before the store is open.</summary>
    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    private static RequestDelegate WhileReady(RequestDelegate handler) =>
        context => Of<Readiness>(context).IsReady ? handler(context) : NotReadyAsync(context);

    private static RequestDelegate OnceOpen(RequestDelegate handler) =>
        context => Of<Readiness>(context).Phase == GatewayPhase.Starting ? NotReadyAsync(context) : handler(context);

    private static Task NotReadyAsync(HttpContext context)
    {
        // A body may lie unread.
        context.Response.Headers.Connection = "close";
        return context.RefuseAsync(Errors.NotReady);
    }

    private static Task PhaseAsync(HttpContext context, int status) =>
        context.AnswerAsync(
            new PhaseDto(Of<Readiness>(context).Phase.ToString().ToLowerInvariant())
            {
                Problem = Bus(context)?.Refusal ?? Bus(context)?.Problem,
            },
            BellhopJson.Plain.PhaseDto,
            status
        );

    private static int ReadyStatus(HttpContext context) =>
        Of<Readiness>(context).IsReady && Bus(context)?.Refusal is null
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;

    private static BusStatus? Bus(HttpContext context) =>
        context.RequestServices.GetService<Func<GatewayFacts>>()?.Invoke().Bus;

    private sealed class GateFirst(RequestFaults faults, RequestGate gate) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(inner => context => faults.InvokeAsync(context, inner));
                app.Use(inner => context => gate.InvokeAsync(context, inner));
                next(app);
            };
    }
}
