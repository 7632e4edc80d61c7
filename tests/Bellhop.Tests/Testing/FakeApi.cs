using System.Collections.Concurrent;
using Bellhop.Cli.Setup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Tests.Testing;

/// <summary>Stands in for a gateway behind a home's socket: answers each path as told, and remembers what it was sent.</summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();

    private FakeApi(Home home)
    {
        home.Create();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.ListenUnixSocket(home.Socket));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Method, path and query of every request, and its body, in order.</summary>
    public ConcurrentQueue<(string Call, string Body)> Requests { get; } = new();

    public static async Task<FakeApi> StartAsync(Home home)
    {
        var api = new FakeApi(home);
        await api._app.StartAsync();
        return api;
    }

    /// <summary>Answers a call, given as <c>GET /path</c> without its query. Anything else is 404.</summary>
    public FakeApi On(string call, string json, int status = 200) => On(call, _ => (json, status));

    /// <summary>Answers a call by what is asked.</summary>
    public FakeApi On(string call, Func<HttpContext, (string Json, int Status)> answer)
    {
        _answers[call] = async context =>
        {
            var (json, status) = answer(context);
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(json);
        };
        return this;
    }

    /// <summary>Breaks the connection instead of answering.</summary>
    public FakeApi BreakOn(string call)
    {
        _answers[call] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        return this;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = $"{context.Request.Method} {context.Request.Path}";
        Requests.Enqueue((call + context.Request.QueryString, await reader.ReadToEndAsync()));
        if (_answers.TryGetValue(call, out var answer))
        {
            await answer(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        await context.Response.WriteAsync("""{"error":{"code":"BH-4040","message":"No event has this key or id."}}""");
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
