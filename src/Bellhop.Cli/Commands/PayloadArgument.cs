using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Cli.Commands;

/// <summary>Reads an object from the command line, such as <c>--payload</c>: JSON, <c>@file</c> or <c>-</c>.</summary>
internal static class PayloadArgument
{
    /// <exception cref="CommandException">It is no JSON object or cannot be read; exit code 2.</exception>
    public static async Task<JsonElement?> ReadAsync(
        string? given,
        CommandContext context,
        CancellationToken cancel,
        string name = "--payload"
    )
    {
        if (given is null)
            return null;
        var bytes = given switch
        {
            "-" => await ReadAsync(context.Input(), name, cancel),
            ['@', .. var path] => await ReadFileAsync(path, name, cancel),
            _ => System.Text.Encoding.UTF8.GetBytes(given),
        };
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = EventLimits.MaxDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Bad(
                $"{name} is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
                    + (given is "-" or ['@', ..] ? "" : $" Quote it for the shell: {name} '{{\"a\":1}}'.")
            );
        }
        throw Bad($"{name} must be a JSON object, such as {{\"a\":1}}.");
    }

    private static async Task<byte[]> ReadFileAsync(string path, string name, CancellationToken cancel)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAsync(file, name, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"{name}: {e.Message}");
        }
    }

    /// <summary>Reads no more than one byte over the limit: the limit's own check then refuses it.</summary>
    private static async Task<byte[]> ReadAsync(Stream stream, string name, CancellationToken cancel)
    {
        var buffer = new byte[EventLimits.MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length <= EventLimits.MaxBytes
            ? buffer[..length]
            : throw new CommandException(
                $"Not accepted: BH-4131: {name} has more than {EventLimits.MaxBytes:N0} bytes. Put large data in a file and send its path.",
                ExitCode.NotAccepted
            );
    }

    private static CommandException Bad(string message) => new(message, ExitCode.Usage);
}
