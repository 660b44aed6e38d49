using System.Net.Sockets;
using Interstice.Cli.Errors;
using Interstice.Cli.Stores;
using Interstice.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Interstice.Cli.Hosting;

/// <summary>Where <c>run</c> listens, and whether it may (docs/operating.md).</summary>
/// <param name="All">Every address.</param>
/// <param name="AreEndpoints">Whether they are the endpoints of the web server's own section, which may have certificates of their
/// own.</param>
internal sealed record HostAddresses(IReadOnlyList<ListenAddress> All, bool AreEndpoints)
{
    /// <summary>Where it listens when nothing is said.</summary>
    public const string Default = "http://127.0.0.1:5080";

    /// <summary>The environment variable that <c>--urls</c> goes before.</summary>
    public const string Variable = "INTERSTICE_URLS";

    private const string FileSection = "Interstice";
    private const string FileKey = "Urls";

    /// <summary>What the server is told to listen on besides its own section.</summary>
    public IEnumerable<string> Urls => AreEndpoints ? [] : All.Select(address => address.Text);

    /// <summary>The addresses: the command line before the environment before appsettings.json, where they stand under
    /// <c>Interstice:Urls</c> or as endpoints of the server's own section.</summary>
    /// <param name="option">What <c>--urls</c> says; null when it was not given.</param>
    /// <param name="kestrel">The server's own section of the configuration.</param>
    /// <exception cref="CliException">One is none, or the file says it in both places.</exception>
    public static HostAddresses Read(string? option, IConfigurationSection kestrel)
    {
        string? given = option ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : null);
        string? file = given is null ? SettingsFile.ReadSection(FileSection).GetValueOrDefault(FileKey) : null;
        string?[] endpoints = [.. kestrel.GetSection("Endpoints").GetChildren().Select(endpoint => endpoint["Url"])];
        if (file is not null && endpoints.Length > 0)
        {
            throw new CliException(
                ExitCode.Usage,
                $"{SettingsFile.Name} says in two places where to listen, {FileSection}:{FileKey} and Kestrel:Endpoints; keep one of them");
        }

        return given is null && file is null && endpoints.Length > 0
            ? new HostAddresses([.. endpoints.Select(url => Parse(url ?? "", $"{SettingsFile.Name}, Kestrel:Endpoints: "))], AreEndpoints: true)
            : new HostAddresses(ParseAll(given ?? file ?? Default), AreEndpoints: false);
    }

    /// <summary>Refuses what would let strangers in.</summary>
    /// <exception cref="CliException">An address is not secured.</exception>
    public void ExpectSecured(IntersticeOptions options)
    {
        foreach (ListenAddress address in All)
        {
            if (address.Forbidden(options.ApiKeys.Any, options.Insecure) is { } reason)
                throw new CliException(ExitCode.Usage, AreEndpoints ? $"{SettingsFile.Name}, Kestrel:Endpoints: {reason}" : reason);
        }
    }

    /// <summary>The failure of a server that could not listen.</summary>
    public static CliException NotBound(Exception fault)
    {
        bool isInUse = fault.ToString().Contains("address already in use", StringComparison.OrdinalIgnoreCase)
            || fault.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
        string sentence = fault.Message.TrimEnd('.');
        return new CliException(
            ExitCode.Unopened,
            isInUse ? $"{sentence}; another program listens there, end it or choose another port with --urls" : $"{sentence}; check --urls",
            fault);
    }

    private static ListenAddress[] ParseAll(string text)
    {
        string[] urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return urls.Length > 0
            ? [.. urls.Select(url => Parse(url, ""))]
            : throw new CliException(ExitCode.Usage, $"--urls names no address; write {Default}");
    }

    private static ListenAddress Parse(string url, string place)
    {
        try
        {
            return ListenAddress.Parse(url);
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, place + fault.Message, fault);
        }
    }
}
