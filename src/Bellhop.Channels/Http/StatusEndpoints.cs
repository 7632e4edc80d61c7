using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>How we are. Reads only.</summary>
internal sealed class StatusEndpoints(StatusReporter reporter, PrometheusText metrics)
{
    /// <summary><c>GET /v1/status</c></summary>
    public async Task StatusAsync(HttpContext context) =>
        await context.AnswerAsync(await reporter.ReportAsync(context.RequestAborted), BellhopJson.Plain.GatewayStatus);

    /// <summary><c>GET /v1/sessions</c></summary>
    public async Task SessionsAsync(HttpContext context) =>
        await context.AnswerAsync(
            new SessionsDto(await reporter.SessionsAsync(context.RequestAborted)),
            BellhopJson.Plain.SessionsDto
        );

    /// <summary><c>GET /metrics</c></summary>
    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(metrics.Print(), context.RequestAborted);
    }
}
