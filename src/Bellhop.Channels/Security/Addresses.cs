using System.Net;

namespace Bellhop.Channels.Security;

/// <summary>One address for one peer, however it is written.</summary>
internal static class Addresses
{
    /// <summary>An IPv4 address inside IPv6 is the IPv4 address.</summary>
    public static IPAddress Canonical(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The party to count against: an IPv4 address, or the /64 that one IPv6 customer gets.</summary>
    public static string Party(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        var canonical = Canonical(address);
        var bytes = canonical.GetAddressBytes();
        return bytes.Length == 4 || IPAddress.IsLoopback(canonical)
            ? canonical.ToString()
            : Convert.ToHexString(bytes, 0, 8);
    }
}
