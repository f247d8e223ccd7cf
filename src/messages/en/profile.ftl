# Jurisdiction profiles
profile_unusable = The profile can't be used: { $why }
profile_unknown = There is no profile «{ $profile }». Known: { $known }.
check_file_unreadable = The file { $path } can't be opened: { $why }
