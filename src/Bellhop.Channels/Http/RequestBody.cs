using Bellhop.Events;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>A request's body in memory, counted against what all bodies may take until disposed.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBuffer = 4096;

    private readonly Allowance _allowance;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(Allowance allowance) => _allowance = allowance;

    /// <summary>All bytes; meaningless where there is an error.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Why it was not read to its end.</summary>
    public KnownError? Error { get; private set; }

    /// <summary>True where it begins like an array.</summary>
    public bool IsArray => Bytes.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>Reads a body of at most 16 MiB if it is an array, 1 MiB otherwise.</summary>
    public static async Task<RequestBody> ReadAsync(HttpContext context, Allowance allowance)
    {
        var body = new RequestBody(allowance);
        try
        {
            await body.FillAsync(context.Request, context.RequestAborted);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _allowance.Return(_buffer.Length);
        _buffer = [];
        _length = 0;
    }

    private async Task FillAsync(HttpRequest request, CancellationToken cancel)
    {
        var announced = request.ContentLength ?? 0;
        if (announced > EventLimits.MaxArrayBytes)
        {
            Error = Errors.TooLarge;
            return;
        }
        // One byte more than announced, so that the end is seen without growing.
        var read = Grow(Math.Max(FirstBuffer, (int)Math.Min(announced, EventLimits.MaxBytes) + 1)) ? 1 : 0;
        while (read > 0 && Error is null)
        {
            read = await request.Body.ReadAsync(_buffer.AsMemory(_length), cancel);
            _length += read;
            var most = IsArray ? EventLimits.MaxArrayBytes : EventLimits.MaxBytes;
            if (_length > most || (read > 0 && announced > most))
                Error = Errors.TooLarge;
            else if (_length == _buffer.Length)
                Grow((int)Math.Min(Math.Max(announced, _buffer.Length * 2L), EventLimits.MaxArrayBytes) + 1);
        }
    }

    private bool Grow(int size)
    {
        if (!_allowance.TryTake(size - _buffer.Length))
        {
            Error = Errors.TooManyRequests;
            return false;
        }
        Array.Resize(ref _buffer, size);
        return true;
    }
}
