namespace Bellhop.Redis.Resp;

/// <summary>The peer sent bytes that are no RESP, or more than we take.</summary>
internal sealed class RespProtocolException(string fault)
    : BellhopException("The Redis protocol was broken: " + fault + ".");
