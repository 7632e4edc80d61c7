using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>The configuration, as far as it can change while running.</summary>
internal sealed class ConfigurationEndpoints(IConfigurationReload configuration)
{
    /// <summary><c>POST /v1/config/reload</c></summary>
    public Task ReloadAsync(HttpContext context)
    {
        var result = configuration.Reload();
        return result.Refused is { } fault
            ? context.AnswerAsync(new ErrorDto(fault), BellhopJson.Plain.ErrorDto, Errors.BadConfiguration.Status)
            : context.AnswerAsync(result.Done!, BellhopJson.Plain.ReloadDto);
    }
}
